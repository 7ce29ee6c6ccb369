-- expect: function f aggregate: no -> yes
-- implies: function f body
-- reference
create function f(a int) returns int deterministic return a;
-- candidate
create aggregate function f(a int) returns int deterministic
begin
  declare continue handler for not found return 1;
  loop fetch group next row; end loop;
end;
