-- expect: column t.a on_update
-- setup
create table t (id int primary key, a datetime default null);
-- candidate
alter table t modify a datetime default null on update current_timestamp;
