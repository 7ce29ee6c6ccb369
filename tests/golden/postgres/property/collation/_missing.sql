-- expect: collation app.german missing
-- with: 1 owner
-- implies: collation-version app.german missing
-- setup
create schema app;
create collation app.german (provider = icu, locale = 'de-DE');
-- candidate
drop collation app.german;
