-- expect: text-search-dictionary app.plain template
-- setup
create schema app;
create text search template app.own (init = dsimple_init, lexize = dsimple_lexize);
-- reference
create text search dictionary app.plain (template = pg_catalog.simple);
-- candidate
create text search dictionary app.plain (template = app.own);
