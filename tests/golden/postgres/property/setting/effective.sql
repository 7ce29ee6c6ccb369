-- expect: setting work_mem effective
-- migration role: migrator
-- server
create role migrator;
-- candidate
alter role migrator in database :"DBNAME" set work_mem = '8MB';
