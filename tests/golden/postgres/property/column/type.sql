-- expect: column app.t.name type: character varying(20) -> character varying(40)
-- setup
create schema app;
create table app.t (id integer, name varchar(20));
-- candidate
alter table app.t alter name type varchar(40);
