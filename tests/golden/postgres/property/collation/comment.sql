-- expect: collation app.german comment: nothing -> an old friend
-- setup
create schema app;
create collation app.german (provider = icu, locale = 'de-DE');
-- candidate
comment on collation app.german is 'an old friend';
