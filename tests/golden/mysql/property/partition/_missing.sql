-- expect: partition t.p1 missing
-- setup
create table t (id int primary key) partition by range (id) (partition p0 values less than (10), partition p1 values less than (20));
-- candidate
alter table t drop partition p1;
