-- expect: text-search-configuration app.plain missing
-- with: 1 owner
-- setup
create schema app;
create text search configuration app.plain (parser = pg_catalog."default");
-- candidate
drop text search configuration app.plain;
