-- expect: trigger t.first sql_mode: STRICT_ALL_TABLES -> ANSI_QUOTES
-- setup
create table t (id int primary key, a int);
-- reference
set sql_mode = 'strict_all_tables';
create trigger first before insert on t for each row set new.a = 1;
-- candidate
set sql_mode = 'ansi_quotes';
create trigger first before insert on t for each row set new.a = 1;
