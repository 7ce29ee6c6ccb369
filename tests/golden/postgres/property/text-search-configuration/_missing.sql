-- expect: text-search-configuration app.plain missing
-- setup
create schema app;
create text search configuration app.plain (parser = pg_catalog."default");
-- candidate
drop text search configuration app.plain;
