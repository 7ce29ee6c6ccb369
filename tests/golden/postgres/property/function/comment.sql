-- expect: function app.f(integer) comment
-- setup
create schema app;
create function app.f(a integer) returns integer language sql as 'select a';
-- candidate
comment on function app.f(integer) is 'itself';
