-- expect: function app.f(integer) arguments: a integer -> a integer DEFAULT 1
-- setup
create schema app;
create function app.f(a integer) returns integer language sql as 'select 1';
-- candidate
create or replace function app.f(a integer default 1) returns integer language sql as 'select 1';
