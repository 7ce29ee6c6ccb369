-- only on: mysql
-- expect: column t.a srid: nothing -> 4326
-- setup
create table t (id int primary key, a point not null);
-- candidate
alter table t modify a point not null srid 4326;
