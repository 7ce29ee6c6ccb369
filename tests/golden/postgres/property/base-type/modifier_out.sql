-- expect: base-type app.coin modifier_out
-- setup
create schema app;
create type app.coin;
create function app.coin_in(cstring) returns app.coin language internal immutable strict as 'textin';
create function app.coin_out(app.coin) returns cstring language internal immutable strict as 'textout';
-- reference
create type app.coin (input = app.coin_in, output = app.coin_out, typmod_in = varchartypmodin);
-- candidate
create type app.coin (input = app.coin_in, output = app.coin_out, typmod_in = varchartypmodin, typmod_out = varchartypmodout);
