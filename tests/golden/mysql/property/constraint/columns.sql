-- expect: constraint t."PRIMARY" columns: a -> a, b
-- setup
create table t (a int not null, b int not null);
-- reference
alter table t add primary key (a);
-- candidate
alter table t add primary key (a, b);
