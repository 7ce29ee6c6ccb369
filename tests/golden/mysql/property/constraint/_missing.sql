-- expect: constraint t.positive missing
-- setup
create table t (id int primary key, constraint positive check (id > 0));
-- candidate, mysql
alter table t drop check positive;
-- candidate, mariadb
alter table t drop constraint positive;
