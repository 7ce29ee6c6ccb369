-- expect: foreign-server far missing
-- with: 1 owner
-- setup
create foreign data wrapper files;
create server far foreign data wrapper files;
-- candidate
drop server far;
