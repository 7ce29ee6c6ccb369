-- expect: grant procedure.p.app@localhost privileges
-- server
create user app@localhost;
-- setup
create procedure p() select 1;
grant execute on procedure p to app@localhost;
-- candidate
grant alter routine on procedure p to app@localhost;
