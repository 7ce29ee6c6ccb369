-- expect: transform integer.plpgsql from_sql
-- setup
create schema app;
create function app.from_sql(internal) returns internal language internal immutable as 'textregexeq_support';
create function app.from_sql2(internal) returns internal language internal immutable as 'textregexeq_support';
create function app.to_sql(internal) returns integer language internal immutable as 'int4recv';
-- reference
create transform for integer language plpgsql (from sql with function app.from_sql(internal));
-- candidate
create transform for integer language plpgsql (from sql with function app.from_sql2(internal));
