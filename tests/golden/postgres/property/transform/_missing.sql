-- expect: transform integer.plpgsql missing
-- setup
create schema app;
create function app.from_sql(internal) returns internal language internal immutable as 'textregexeq_support';
create transform for integer language plpgsql (from sql with function app.from_sql(internal));
-- candidate
drop transform for integer language plpgsql;
