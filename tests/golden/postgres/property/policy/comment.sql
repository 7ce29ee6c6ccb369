-- expect: policy app.t.own comment: nothing -> an old friend
-- setup
create schema app;
create table app.t (id integer);
create policy own on app.t using (id > 0);
-- candidate
comment on policy own on app.t is 'an old friend';
