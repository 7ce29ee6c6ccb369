-- expect: collation app.german collate: C -> POSIX
-- setup
create schema app;
-- reference
create collation app.german (lc_collate = 'C', lc_ctype = 'C');
-- candidate
create collation app.german (lc_collate = 'POSIX', lc_ctype = 'C');
