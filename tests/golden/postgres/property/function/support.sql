-- expect: function app.f(integer, integer) support
-- setup
create schema app;
create function app.f(integer, integer) returns setof integer language internal as 'generate_series_int4';
-- candidate
alter function app.f(integer, integer) support pg_catalog.generate_series_int4_support;
