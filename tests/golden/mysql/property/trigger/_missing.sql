-- expect: trigger t.first missing
-- with: 1 definer
-- setup
create table t (id int primary key, a int);
-- reference
create trigger first before insert on t for each row set new.a = 1;
