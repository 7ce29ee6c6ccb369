-- expect: foreign-server far version: 1 -> 2
-- setup
create foreign data wrapper files;
create foreign data wrapper others;
-- reference
create server far version '1' foreign data wrapper files;
-- candidate
create server far version '2' foreign data wrapper files;
