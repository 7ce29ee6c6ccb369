-- expect: view app.v missing
-- with: 1 column, 1 owner
-- setup
create schema app;
create view app.v as select 1 as a;
-- candidate
drop view app.v;
