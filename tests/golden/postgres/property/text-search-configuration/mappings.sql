-- expect: text-search-configuration app.plain mappings
-- setup
create schema app;
create text search configuration app.plain (parser = pg_catalog."default");
alter text search configuration app.plain add mapping for word with pg_catalog.simple;
-- candidate
alter text search configuration app.plain alter mapping for word with pg_catalog.english_stem, pg_catalog.simple;
