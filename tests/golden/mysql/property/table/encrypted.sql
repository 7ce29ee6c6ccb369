-- only on: mariadb
-- Another engine keeps the option, and needs no key.
-- expect: table t encrypted: no -> yes
-- setup
create table t (id int primary key) engine = myisam;
-- candidate
set sql_mode = 'ignore_bad_table_options';
alter table t encrypted = yes;
