-- expect: column t.a engine_attribute
-- setup
create table t (id int primary key, a int);
-- candidate
alter table t modify a int engine_attribute '{"a": 1}';
