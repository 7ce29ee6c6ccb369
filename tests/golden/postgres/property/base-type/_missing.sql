-- A type stays behind as a shell when it is dropped by its name alone, so its functions go too.
-- expect: base-type app.coin missing
-- with: 1 owner; 1 owner; 1 owner
-- implies: function app.coin_in(cstring) missing
-- implies: function app.coin_out(app.coin) missing
-- setup
create schema app;
-- reference
create type app.coin;
create function app.coin_in(cstring) returns app.coin language internal immutable strict as 'textin';
create function app.coin_out(app.coin) returns cstring language internal immutable strict as 'textout';
create type app.coin (input = app.coin_in, output = app.coin_out);
