-- expect: table t subpartition_by: hash (`id`) -> linear hash (`id`)
-- setup
create table t (id int not null, made date not null);
-- reference
alter table t partition by range (year(made)) subpartition by hash (id) subpartitions 2 (partition p0 values less than (2000));
-- candidate
alter table t partition by range (year(made)) subpartition by linear hash (id) subpartitions 2 (partition p0 values less than (2000));
