-- expect: package p charsets
-- setup
set sql_mode = 'oracle';
-- reference
set names utf8mb4 collate utf8mb4_general_ci;
create package p as function one return int; end;
-- candidate
set names utf8mb4 collate utf8mb4_bin;
create package p as function one return int; end;
