-- expect: foreign-data-wrapper files validator
-- reference
create foreign data wrapper files;
-- candidate
create foreign data wrapper files validator postgresql_fdw_validator;
