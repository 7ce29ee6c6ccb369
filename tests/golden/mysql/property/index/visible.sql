-- expect: index t.a visible: yes -> no
-- setup
create table t (id int primary key, a int, key a (a));
-- candidate, mysql
alter table t alter index a invisible;
-- candidate, mariadb
alter table t alter index a ignored;
