-- expect: collation app.german locale: de -> en
-- setup
create schema app;
-- reference
create collation app.german (provider = icu, locale = 'de');
-- candidate
create collation app.german (provider = icu, locale = 'en');
