-- expect: aggregate app.total(bigint) serial
-- implies: aggregate app.total(bigint) deserial
-- setup
create schema app;
-- reference
create aggregate app.total(bigint) (sfunc = int8_avg_accum, stype = internal, finalfunc = numeric_poly_avg, combinefunc = int8_avg_combine);
-- candidate
create aggregate app.total(bigint) (sfunc = int8_avg_accum, stype = internal, finalfunc = numeric_poly_avg, combinefunc = int8_avg_combine, serialfunc = int8_avg_serialize, deserialfunc = int8_avg_deserialize);
