-- expect: text-search-parser app.words headline
-- setup
create schema app;
create function app.own(internal, internal, tsquery) returns internal language internal immutable strict as 'prsd_headline';
-- reference
create text search parser app.words (start = prsd_start, gettoken = prsd_nexttoken, end = prsd_end, lextypes = prsd_lextype);
-- candidate
create text search parser app.words (start = prsd_start, gettoken = prsd_nexttoken, end = prsd_end, lextypes = prsd_lextype, headline = app.own);
