-- expect: transform integer.plpgsql comment: nothing -> an old friend
-- setup
create schema app;
create function app.from_sql(internal) returns internal language internal immutable as 'textregexeq_support';
create transform for integer language plpgsql (from sql with function app.from_sql(internal));
-- candidate
comment on transform for integer language plpgsql is 'an old friend';
