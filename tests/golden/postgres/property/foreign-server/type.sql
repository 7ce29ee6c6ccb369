-- expect: foreign-server far type: nothing -> disk
-- setup
create foreign data wrapper files;
create foreign data wrapper others;
-- reference
create server far foreign data wrapper files;
-- candidate
create server far type 'disk' foreign data wrapper files;
