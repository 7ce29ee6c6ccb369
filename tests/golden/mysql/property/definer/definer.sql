-- expect: definer view.v definer: root@localhost -> app@localhost
-- server
create user app@localhost;
-- setup
create table t (id int primary key, a int);
-- reference
create view v as select id from t;
-- candidate
create definer = app@localhost view v as select id from t;
