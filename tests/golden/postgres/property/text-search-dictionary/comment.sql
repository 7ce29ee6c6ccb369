-- expect: text-search-dictionary app.plain comment: nothing -> an old friend
-- setup
create schema app;
create text search dictionary app.plain (template = pg_catalog.simple);
-- candidate
comment on text search dictionary app.plain is 'an old friend';
