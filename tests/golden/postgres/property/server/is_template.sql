-- expect: server server is_template: no -> yes
-- candidate
alter database :"DBNAME" is_template true;
