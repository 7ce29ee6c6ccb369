-- expect: text-search-template app.plain lexize
-- setup
create schema app;
-- reference
create text search template app.plain (lexize = dsimple_lexize);
-- candidate
create text search template app.plain (lexize = dsynonym_lexize);
