-- expect: column t.a collation: utf8mb4_general_ci -> utf8mb4_bin
-- setup
create table t (id int primary key, a varchar(20) character set utf8mb4 collate utf8mb4_general_ci);
-- candidate
alter table t modify a varchar(20) character set utf8mb4 collate utf8mb4_bin;
