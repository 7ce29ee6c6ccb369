-- expect: column t.a unversioned: no -> yes
-- reference
create table t (id int primary key, a int) with system versioning;
-- candidate
create table t (id int primary key, a int without system versioning) with system versioning;
