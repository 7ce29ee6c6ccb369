-- expect: procedure p data_access: contains sql -> reads sql data
-- setup
create procedure p(a int) select a;
-- candidate
alter procedure p reads sql data;
