-- expect: procedure p body
-- reference
create procedure p(a int) begin if a > 1 then select 1; end if; end;
-- candidate
create procedure p(a int) begin if a > 2 then select 1; end if; end;
