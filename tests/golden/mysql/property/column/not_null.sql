-- expect: column t.a not_null: no -> yes
-- setup
create table t (id int primary key, a int);
-- candidate
alter table t modify a int not null;
