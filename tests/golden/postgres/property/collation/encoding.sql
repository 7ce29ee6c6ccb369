-- expect: collation app.german encoding
-- A collation made by a user always works with the encoding of the database alone, or of all.
-- setup
create schema app;
create collation app.german (provider = libc, locale = 'C');
-- candidate
update pg_catalog.pg_collation set collencoding = -1 where collname = 'german';
