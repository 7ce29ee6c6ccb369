-- expect: setting work_mem value
-- candidate
alter database :"DBNAME" set work_mem = '8MB';
