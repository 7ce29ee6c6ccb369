-- expect: column t.b generated
-- setup
create table t (id int primary key, a int);
-- reference
alter table t add b int generated always as (a + 1) virtual;
-- candidate
alter table t add b int generated always as (a + 2) virtual;
