-- expect: sequence s missing
-- setup
create table t (id int primary key);
-- reference
create sequence s;
