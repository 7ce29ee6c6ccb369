-- expect: column app.t.id not_null_valid: yes -> no
-- setup
create schema app;
create table app.t (id integer);
-- reference
alter table app.t add constraint t_id_not_null not null id;
-- candidate
alter table app.t add constraint t_id_not_null not null id not valid;
