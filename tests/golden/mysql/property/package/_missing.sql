-- expect: package p missing
-- with: 1 definer
-- setup
create table t (id int primary key);
-- reference
set sql_mode = 'oracle';
create package p as function one return int; end;
