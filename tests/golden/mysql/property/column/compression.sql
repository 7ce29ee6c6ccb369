-- expect: column t.a compression: nothing -> compressed
-- setup
create table t (id int primary key, a text);
-- candidate
alter table t modify a text compressed;
