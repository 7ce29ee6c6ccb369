-- expect: procedure p arguments: `a` int -> out `a` int
-- reference
create procedure p(a int) set a = 1;
-- candidate
create procedure p(out a int) set a = 1;
