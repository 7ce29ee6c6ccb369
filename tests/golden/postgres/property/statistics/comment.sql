-- expect: statistics app.together comment: nothing -> an old friend
-- setup
create schema app;
create table app.t (a integer, b integer, c integer);
create statistics app.together on a, b from app.t;
-- candidate
comment on statistics app.together is 'an old friend';
