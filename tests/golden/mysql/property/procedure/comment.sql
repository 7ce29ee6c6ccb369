-- expect: procedure p comment: nothing -> fills
-- setup
create procedure p(a int) select a;
-- candidate
alter procedure p comment 'fills';
