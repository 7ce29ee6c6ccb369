-- expect: collation app.german provider: libc -> icu
-- implies: collation app.german locale
-- implies: collation app.german collate
-- implies: collation app.german ctype
-- implies: collation-version app.german extra
-- setup
create schema app;
-- reference
create collation app.german (provider = libc, locale = 'C');
-- candidate
create collation app.german (provider = icu, locale = 'und');
