-- expect: procedure p deterministic: yes -> no
-- reference
create procedure p(a int) deterministic select a;
-- candidate
create procedure p(a int) select a;
