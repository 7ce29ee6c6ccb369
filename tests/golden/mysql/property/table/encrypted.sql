-- expect: table t encrypted: no -> yes
-- setup
create table t (id int primary key) engine = myisam;
-- candidate, mysql
alter table t encryption = 'Y';
-- candidate, mariadb
set sql_mode = 'ignore_bad_table_options';
alter table t encrypted = yes;
