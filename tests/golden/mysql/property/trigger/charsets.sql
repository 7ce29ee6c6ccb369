-- expect: trigger t.first charsets
-- setup
create table t (id int primary key, a int);
-- reference
set names utf8mb4 collate utf8mb4_general_ci;
create trigger first before insert on t for each row set new.a = 1;
-- candidate
set names utf8mb4 collate utf8mb4_bin;
create trigger first before insert on t for each row set new.a = 1;
