-- expect: partition t.p0 options: nothing -> max_rows=1000
-- setup
create table t (id int primary key);
-- reference
alter table t partition by range (id) (partition p0 values less than (10));
-- candidate
alter table t partition by range (id) (partition p0 values less than (10) max_rows = 1000);
