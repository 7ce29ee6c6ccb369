-- expect: override reader.this database.work_mem value
-- server
create role reader;
-- reference
alter role reader in database :"DBNAME" set work_mem = '8MB';
-- candidate
alter role reader in database :"DBNAME" set work_mem = '9MB';
