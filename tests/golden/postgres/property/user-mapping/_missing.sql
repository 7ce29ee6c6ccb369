-- expect: user-mapping far.PUBLIC missing
-- setup
create foreign data wrapper files;
create server far foreign data wrapper files;
create user mapping for public server far;
-- candidate
drop user mapping for public server far;
