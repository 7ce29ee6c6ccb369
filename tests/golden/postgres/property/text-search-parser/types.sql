-- expect: text-search-parser app.words types
-- setup
create schema app;
create function app.own(internal) returns internal language internal immutable strict as 'prsd_lextype';
-- reference
create text search parser app.words (start = prsd_start, gettoken = prsd_nexttoken, end = prsd_end, lextypes = prsd_lextype);
-- candidate
create text search parser app.words (start = prsd_start, gettoken = prsd_nexttoken, end = prsd_end, lextypes = app.own);
