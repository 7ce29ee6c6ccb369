-- expect: procedure p missing
-- with: 1 definer
-- setup
create table t (id int primary key);
-- reference
create procedure p(a int) select a;
