-- expect: column t.a default: 5 -> nothing
-- setup
create table t (id int primary key, a int not null default 5);
-- candidate
alter table t alter a drop default;
