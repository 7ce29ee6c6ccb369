-- expect: column t.a comment: nothing -> from the old system
-- setup
create table t (id int primary key, a int);
-- candidate
alter table t modify a int comment 'from the old system';
