-- expect: text-search-configuration app.plain comment: nothing -> an old friend
-- setup
create schema app;
create text search configuration app.plain (parser = pg_catalog."default");
-- candidate
comment on text search configuration app.plain is 'an old friend';
