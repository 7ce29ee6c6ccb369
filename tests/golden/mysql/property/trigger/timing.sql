-- expect: trigger t.first timing: before -> after
-- setup
create table t (id int primary key, a int);
-- reference
create trigger first before insert on t for each row set @a = 1;
-- candidate
create trigger first after insert on t for each row set @a = 1;
