-- expect: text-search-configuration app.plain parser
-- setup
create schema app;
create text search parser app.words (start = prsd_start, gettoken = prsd_nexttoken, end = prsd_end, lextypes = prsd_lextype);
-- reference
create text search configuration app.plain (parser = pg_catalog."default");
-- candidate
create text search configuration app.plain (parser = app.words);
