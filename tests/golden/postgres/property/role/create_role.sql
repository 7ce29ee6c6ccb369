-- expect: role reader create_role: no -> yes
-- in place
-- setup
create role reader;
-- candidate
alter role reader createrole;
