-- expect: index t.a enabled: yes -> no
-- setup
create table t (id int primary key, a int, key a (a)) engine = myisam;
-- candidate
alter table t disable keys;
