-- expect: function f deterministic: yes -> no
-- reference
create function f(a int) returns int deterministic no sql return a;
-- candidate
create function f(a int) returns int no sql return a;
