-- expect: view v check_option: cascaded -> local
-- setup
create table t (id int primary key, a int);
-- reference
create view v as select id from t where id > 5 with check option;
-- candidate
create view v as select id from t where id > 5 with local check option;
