-- expect: base-type app.coin security_labels: nothing -> guard: secret
-- setup
create schema app;
create type app.coin;
create function app.coin_in(cstring) returns app.coin language internal immutable strict as 'textin';
create function app.coin_out(app.coin) returns cstring language internal immutable strict as 'textout';
create type app.coin (input = app.coin_in, output = app.coin_out);
-- candidate
insert into pg_catalog.pg_seclabel (objoid, classoid, objsubid, provider, label)
values ('app.coin'::regtype, 'pg_catalog.pg_type'::regclass, 0, 'guard', 'secret');
