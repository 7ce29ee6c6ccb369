-- expect: view v algorithm: undefined -> merge
-- setup
create table t (id int primary key, a int);
-- reference
create view v as select id from t;
-- candidate
create algorithm = merge view v as select id from t;
