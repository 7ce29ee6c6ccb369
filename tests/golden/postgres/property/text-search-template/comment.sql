-- expect: text-search-template app.plain comment: nothing -> an old friend
-- setup
create schema app;
create text search template app.plain (lexize = dsimple_lexize);
-- candidate
comment on text search template app.plain is 'an old friend';
