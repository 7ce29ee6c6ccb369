-- expect: text-search-dictionary app.plain missing
-- with: 1 owner
-- setup
create schema app;
create text search dictionary app.plain (template = pg_catalog.simple);
-- candidate
drop text search dictionary app.plain;
