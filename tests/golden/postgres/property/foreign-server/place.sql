-- expect: foreign-server far place: dbname=app, host=db1, port=5432 -> dbname=app, host=db2, port=5433
-- setup
create foreign data wrapper files;
-- reference
create server far foreign data wrapper files options (port '5432', host 'db1', dbname 'app');
-- candidate
create server far foreign data wrapper files options (dbname 'app', host 'db2', port '5433');
