-- expect: foreign-data-wrapper files missing
-- with: 1 owner
-- setup
create foreign data wrapper files;
-- candidate
drop foreign data wrapper files;
