-- expect: role reader bypass_rls: no -> yes
-- in place
-- setup
create role reader;
-- candidate
alter role reader bypassrls;
