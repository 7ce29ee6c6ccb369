-- expect: foreign-server far wrapper: files -> others
-- setup
create foreign data wrapper files;
create foreign data wrapper others;
-- reference
create server far foreign data wrapper files;
-- candidate
create server far foreign data wrapper others;
