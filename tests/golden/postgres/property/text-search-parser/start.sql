-- expect: text-search-parser app.words start
-- setup
create schema app;
create function app.own(internal, integer) returns internal language internal immutable strict as 'prsd_start';
-- reference
create text search parser app.words (start = prsd_start, gettoken = prsd_nexttoken, end = prsd_end, lextypes = prsd_lextype);
-- candidate
create text search parser app.words (start = app.own, gettoken = prsd_nexttoken, end = prsd_end, lextypes = prsd_lextype);
