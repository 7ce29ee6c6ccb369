-- expect: view v missing
-- with: 1 column, 1 definer
-- setup
create table t (id int primary key, a int);
-- reference
create view v as select id from t;
