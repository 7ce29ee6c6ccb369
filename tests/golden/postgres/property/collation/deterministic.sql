-- expect: collation app.german deterministic: yes -> no
-- setup
create schema app;
-- reference
create collation app.german (provider = icu, locale = 'de');
-- candidate
create collation app.german (provider = icu, locale = 'de', deterministic = false);
