-- expect: role reader create_database: no -> yes
-- in place
-- setup
create role reader;
-- candidate
alter role reader createdb;
