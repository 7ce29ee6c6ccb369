-- expect: collation app.german ctype: C -> POSIX
-- setup
create schema app;
-- reference
create collation app.german (lc_collate = 'C', lc_ctype = 'C');
-- candidate
create collation app.german (lc_collate = 'C', lc_ctype = 'POSIX');
