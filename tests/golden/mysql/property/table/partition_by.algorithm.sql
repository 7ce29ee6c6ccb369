-- expect: table t partition_by: hash (`id`) -> linear hash (`id`)
-- setup
create table t (id int primary key);
-- reference
alter table t partition by hash (id) partitions 2;
-- candidate
alter table t partition by linear hash (id) partitions 2;
