-- expect: collation app.german missing
-- with: 1 collation-version, 1 owner
-- setup
create schema app;
create collation app.german (provider = icu, locale = 'de-DE');
-- candidate
drop collation app.german;
