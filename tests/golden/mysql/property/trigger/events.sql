-- expect: trigger t.first events: insert -> update
-- setup
create table t (id int primary key, a int);
-- reference
create trigger first before insert on t for each row set new.a = 1;
-- candidate
create trigger first before update on t for each row set new.a = 1;
