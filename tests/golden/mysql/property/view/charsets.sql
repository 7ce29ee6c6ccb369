-- expect: view v charsets
-- setup
create table t (id int primary key, a int);
-- reference
set names utf8mb4 collate utf8mb4_general_ci;
create view v as select id from t;
-- candidate
set names utf8mb4 collate utf8mb4_bin;
create view v as select id from t;
