-- expect: text-search-parser app.words token
-- setup
create schema app;
create function app.own(internal, internal, internal) returns internal language internal immutable strict as 'prsd_nexttoken';
-- reference
create text search parser app.words (start = prsd_start, gettoken = prsd_nexttoken, end = prsd_end, lextypes = prsd_lextype);
-- candidate
create text search parser app.words (start = prsd_start, gettoken = app.own, end = prsd_end, lextypes = prsd_lextype);
