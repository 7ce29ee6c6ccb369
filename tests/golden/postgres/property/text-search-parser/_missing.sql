-- expect: text-search-parser app.words missing
-- setup
create schema app;
create text search parser app.words (start = prsd_start, gettoken = prsd_nexttoken, end = prsd_end, lextypes = prsd_lextype);
-- candidate
drop text search parser app.words;
