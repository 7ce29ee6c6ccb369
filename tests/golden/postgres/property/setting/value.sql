-- expect: setting work_mem value
-- implies: override every role.this database.work_mem extra
-- candidate
alter database :"DBNAME" set work_mem = '8MB';
