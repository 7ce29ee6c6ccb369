-- expect: column-statistics t.a missing
-- setup
create table t (a int) engine = myisam;
insert into t values (1), (2), (3);
-- reference, mysql
analyze table t update histogram on a with 4 buckets;
-- reference, mariadb
analyze table t persistent for columns (a) indexes ();
