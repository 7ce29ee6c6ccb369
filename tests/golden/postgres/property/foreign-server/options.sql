-- expect: foreign-server far options: format=csv -> format=text
-- setup
create foreign data wrapper files;
create foreign data wrapper others;
-- reference
create server far foreign data wrapper files options (format 'csv');
-- candidate
create server far foreign data wrapper files options (format 'text');
