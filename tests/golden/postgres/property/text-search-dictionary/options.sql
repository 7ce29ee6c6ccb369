-- expect: text-search-dictionary app.plain options
-- setup
create schema app;
create text search dictionary app.plain (template = pg_catalog.simple);
-- candidate
alter text search dictionary app.plain (accept = false);
