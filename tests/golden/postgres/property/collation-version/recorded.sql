-- expect: collation-version app.german recorded
-- implies: collation-version app.german outdated: no -> yes
-- setup
create schema app;
create collation app.german (provider = icu, locale = 'de-DE');
-- candidate
update pg_catalog.pg_collation set collversion = '1' where collname = 'german';
