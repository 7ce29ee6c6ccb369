-- expect: view v definition
-- setup
create table t (id int primary key, a int);
-- reference
create view v as select id from t where a > 5;
-- candidate
create view v as select id from t where a > 6;
