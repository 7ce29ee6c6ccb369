-- expect: text-search-template app.plain init
-- setup
create schema app;
-- reference
create text search template app.plain (lexize = dsimple_lexize);
-- candidate
create text search template app.plain (init = dsimple_init, lexize = dsimple_lexize);
