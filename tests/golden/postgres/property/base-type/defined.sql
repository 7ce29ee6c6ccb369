-- expect: base-type app.coin defined
-- implies: base-type app.coin input
-- implies: base-type app.coin output
-- setup
create schema app;
create type app.coin;
-- reference
create function app.coin_in(cstring) returns app.coin language internal immutable strict as 'textin';
create function app.coin_out(app.coin) returns cstring language internal immutable strict as 'textout';
create type app.coin (input = app.coin_in, output = app.coin_out);
-- candidate
create function app.coin_in(cstring) returns app.coin language internal immutable strict as 'textin';
create function app.coin_out(app.coin) returns cstring language internal immutable strict as 'textout';
