-- expect: setting work_mem effective
-- implies: override migrator.this database.work_mem extra
-- migration role: migrator
-- server
create role migrator;
-- candidate
alter role migrator in database :"DBNAME" set work_mem = '8MB';
