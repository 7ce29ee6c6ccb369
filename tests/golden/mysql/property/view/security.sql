-- expect: view v security: definer -> invoker
-- setup
create table t (id int primary key, a int);
-- reference
create view v as select id from t;
-- candidate
create sql security invoker view v as select id from t;
