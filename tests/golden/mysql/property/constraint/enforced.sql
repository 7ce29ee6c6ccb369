-- expect: constraint t.positive enforced: yes -> no
-- setup
create table t (id int primary key, constraint positive check (id > 0));
-- candidate
alter table t alter check positive not enforced;
