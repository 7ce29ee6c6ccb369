-- expect: text-search-parser app.words comment: nothing -> an old friend
-- setup
create schema app;
create text search parser app.words (start = prsd_start, gettoken = prsd_nexttoken, end = prsd_end, lextypes = prsd_lextype);
-- candidate
comment on text search parser app.words is 'an old friend';
