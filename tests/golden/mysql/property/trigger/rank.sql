-- expect: trigger t.first rank: 1 -> 2
-- implies: trigger t.second rank: 2 -> 1
-- setup
create table t (id int primary key, a int);
create trigger first before insert on t for each row set new.a = 1;
-- reference
create trigger second before insert on t for each row set new.a = 2;
-- candidate
create trigger second before insert on t for each row precedes first set new.a = 2;
