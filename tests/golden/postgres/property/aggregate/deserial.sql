-- expect: aggregate app.total(bigint) deserial
-- setup
create schema app;
create function app.read(bytea, internal) returns internal language internal immutable strict as 'int8_avg_deserialize';
-- reference
create aggregate app.total(bigint) (sfunc = int8_avg_accum, stype = internal, finalfunc = numeric_poly_avg, combinefunc = int8_avg_combine, serialfunc = int8_avg_serialize, deserialfunc = int8_avg_deserialize);
-- candidate
create aggregate app.total(bigint) (sfunc = int8_avg_accum, stype = internal, finalfunc = numeric_poly_avg, combinefunc = int8_avg_combine, serialfunc = int8_avg_serialize, deserialfunc = app.read);
