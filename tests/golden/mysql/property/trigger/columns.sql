-- expect: trigger t.first columns: nothing -> a
-- setup
create table t (id int primary key, a int, b int);
-- reference
create trigger first before update on t for each row set @a = 1;
-- candidate
create trigger first before update of a on t for each row set @a = 1;
