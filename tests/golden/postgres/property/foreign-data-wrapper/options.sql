-- expect: foreign-data-wrapper files options: nothing -> format=csv
-- setup
create foreign data wrapper files;
-- candidate
alter foreign data wrapper files options (add format 'csv');
