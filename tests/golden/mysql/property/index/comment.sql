-- expect: index t.a comment: nothing -> for the report
-- setup
create table t (id int primary key, a int);
-- reference
alter table t add key a (a);
-- candidate
alter table t add key a (a) comment 'for the report';
