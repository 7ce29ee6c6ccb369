-- expect: column t.a default
-- setup
create table t (id int primary key, a varchar(50) default (uuid()));
-- candidate
alter table t modify a varchar(50) default (concat(uuid(), 'x'));
