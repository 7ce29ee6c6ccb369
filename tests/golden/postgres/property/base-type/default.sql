-- expect: base-type app.coin default: nothing -> 0
-- setup
create schema app;
create type app.coin;
create function app.coin_in(cstring) returns app.coin language internal immutable strict as 'textin';
create function app.coin_out(app.coin) returns cstring language internal immutable strict as 'textout';
-- reference
create type app.coin (input = app.coin_in, output = app.coin_out);
-- candidate
create type app.coin (input = app.coin_in, output = app.coin_out, default = '0');
