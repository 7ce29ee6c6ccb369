-- expect: text-search-parser app.words end
-- setup
create schema app;
create function app.own(internal) returns void language internal immutable strict as 'prsd_end';
-- reference
create text search parser app.words (start = prsd_start, gettoken = prsd_nexttoken, end = prsd_end, lextypes = prsd_lextype);
-- candidate
create text search parser app.words (start = prsd_start, gettoken = prsd_nexttoken, end = app.own, lextypes = prsd_lextype);
