-- expect: function f charsets
-- reference
set names utf8mb4 collate utf8mb4_general_ci;
create function f(a int) returns int deterministic return a;
-- candidate
set names utf8mb4 collate utf8mb4_bin;
create function f(a int) returns int deterministic return a;
