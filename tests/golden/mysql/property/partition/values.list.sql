-- expect: partition t.p0 values: in (1, 2) -> in (1, 3)
-- setup
create table t (id int primary key);
-- reference
alter table t partition by list (id) (partition p0 values in (1, 2));
-- candidate
alter table t partition by list (id) (partition p0 values in (1, 3));
