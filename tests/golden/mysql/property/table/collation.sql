-- expect: table t collation: utf8mb4_general_ci -> utf8mb4_bin
-- setup
create table t (id int primary key) collate utf8mb4_general_ci;
-- candidate
alter table t collate utf8mb4_bin;
