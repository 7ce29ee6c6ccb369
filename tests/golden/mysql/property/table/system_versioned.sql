-- expect: table t system_versioned: no -> yes
-- setup
create table t (id int primary key);
-- candidate
alter table t add system versioning;
