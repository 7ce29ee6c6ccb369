-- expect: base-type app.coin receive
-- setup
create schema app;
create type app.coin;
create function app.coin_in(cstring) returns app.coin language internal immutable strict as 'textin';
create function app.coin_out(app.coin) returns cstring language internal immutable strict as 'textout';
create function app.coin_in2(cstring) returns app.coin language internal immutable strict as 'byteain';
create function app.coin_out2(app.coin) returns cstring language internal immutable strict as 'byteaout';
create function app.coin_recv(internal) returns app.coin language internal immutable strict as 'textrecv';
create function app.coin_send(app.coin) returns bytea language internal immutable strict as 'textsend';
-- reference
create type app.coin (input = app.coin_in, output = app.coin_out);
-- candidate
create type app.coin (input = app.coin_in, output = app.coin_out, receive = app.coin_recv);
