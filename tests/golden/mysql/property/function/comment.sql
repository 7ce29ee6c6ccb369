-- expect: function f comment: nothing -> itself
-- setup
create function f(a int) returns int deterministic return a;
-- candidate
alter function f comment 'itself';
