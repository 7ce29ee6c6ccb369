-- expect: constraint t."PRIMARY" index_method: hash -> btree
-- setup
create table t (id int not null) engine = memory;
-- reference
alter table t add primary key (id);
-- candidate
alter table t add primary key (id) using btree;
