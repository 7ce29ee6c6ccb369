-- expect: foreign-data-wrapper files missing
-- setup
create foreign data wrapper files;
-- candidate
drop foreign data wrapper files;
