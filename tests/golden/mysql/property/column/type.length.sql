-- expect: column t.a type: varchar(20) -> varchar(30)
-- setup
create table t (id int primary key, a varchar(20));
-- candidate
alter table t modify a varchar(30);
