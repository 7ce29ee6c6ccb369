-- expect: column t.a type: int -> bigint unsigned
-- setup
create table t (id int primary key, a int);
-- candidate
alter table t modify a bigint unsigned;
