-- expect: publication feed schemas: nothing -> app
-- setup
create schema app;
create publication feed;
-- candidate
alter publication feed add tables in schema app;
