-- expect: constraint app.t.t_ex operators: &&(anyrange,anyrange) -> -|-(anyrange,anyrange)
-- implies: constraint app.t.t_ex expression
-- setup
create schema app;
-- reference
create table app.t (during daterange, constraint t_ex exclude using gist (during with &&));
-- candidate
create table app.t (during daterange, constraint t_ex exclude using gist (during with -|-));
