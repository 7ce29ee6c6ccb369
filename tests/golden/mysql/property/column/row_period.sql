-- expect: column t.a row_period: start -> end
-- implies: column t.b row_period: end -> start
-- implies: constraint t."PRIMARY" columns: id, b -> id, a
-- reference
create table t (id int primary key, a timestamp(6) generated always as row start, b timestamp(6) generated always as row end,
  period for system_time (a, b)) with system versioning;
-- candidate
create table t (id int primary key, a timestamp(6) generated always as row end, b timestamp(6) generated always as row start,
  period for system_time (b, a)) with system versioning;
