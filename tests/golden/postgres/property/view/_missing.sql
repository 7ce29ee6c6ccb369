-- expect: view app.v missing
-- setup
create schema app;
create view app.v as select 1 as a;
-- candidate
drop view app.v;
