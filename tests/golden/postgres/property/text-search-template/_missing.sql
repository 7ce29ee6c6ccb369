-- expect: text-search-template app.plain missing
-- setup
create schema app;
create text search template app.plain (lexize = dsimple_lexize);
-- candidate
drop text search template app.plain;
