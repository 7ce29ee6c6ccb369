-- expect: table t column_order
-- setup
create table t (id int primary key, a int, b int);
-- candidate
alter table t modify b int after id;
