-- expect: partition t.p0 subpartitions: a, b -> a, c
-- setup
create table t (id int not null, made date not null);
-- reference
alter table t partition by range (year(made)) subpartition by hash (id)
  (partition p0 values less than (2000) (subpartition a, subpartition b));
-- candidate
alter table t partition by range (year(made)) subpartition by hash (id)
  (partition p0 values less than (2000) (subpartition a, subpartition c));
