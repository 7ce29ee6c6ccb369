-- expect: constraint t."PRIMARY" temporal: no -> yes
-- implies: constraint t."PRIMARY" columns
-- setup
create table t (id int, a date not null, b date not null, period for valid(a, b));
-- reference
alter table t add primary key (id);
-- candidate
alter table t add primary key (id, valid without overlaps);
