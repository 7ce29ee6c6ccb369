-- What sets production apart since long ago. Versions: 13 to 18. Privileges: superuser.
ALTER ROLE migrator SET lock_timeout = '5s';
ALTER ROLE app_rw SET statement_timeout = '15s';
ALTER TABLE app.boats ALTER COLUMN name TYPE text COLLATE "C";
