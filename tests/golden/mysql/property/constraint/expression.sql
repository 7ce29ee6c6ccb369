-- expect: constraint t.positive expression
-- setup
create table t (id int primary key);
-- reference
alter table t add constraint positive check (id > 0);
-- candidate
alter table t add constraint positive check (id > 1);
