-- expect: override reader.this database.work_mem extra
-- server
create role reader;
-- candidate
alter role reader in database :"DBNAME" set work_mem = '8MB';
