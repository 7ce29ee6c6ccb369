-- expect: composite-type app.pair attributes
-- setup
create schema app;
create type app.pair as (a integer, b text);
-- candidate
alter type app.pair alter attribute b type varchar(20);
