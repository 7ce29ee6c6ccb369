-- expect: view app.v comment
-- setup
create schema app;
create view app.v as select 1 as a;
-- candidate
comment on view app.v is 'for the report';
