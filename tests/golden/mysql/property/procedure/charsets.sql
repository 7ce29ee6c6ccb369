-- expect: procedure p charsets
-- reference
set names utf8mb4 collate utf8mb4_general_ci;
create procedure p(a int) select a;
-- candidate
set names utf8mb4 collate utf8mb4_bin;
create procedure p(a int) select a;
