-- expect: foreign-server far missing
-- setup
create foreign data wrapper files;
create server far foreign data wrapper files;
-- candidate
drop server far;
