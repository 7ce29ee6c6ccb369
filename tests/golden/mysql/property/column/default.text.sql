-- expect: column t.a default: nothing -> 'it''s'
-- setup
create table t (id int primary key, a varchar(20));
-- candidate
alter table t modify a varchar(20) default 'it''s';
