-- expect: collation app.german rules: nothing -> &a < g
-- setup
create schema app;
-- reference
create collation app.german (provider = icu, locale = 'de');
-- candidate
create collation app.german (provider = icu, locale = 'de', rules = '&a < g');
