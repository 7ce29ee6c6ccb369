-- expect: column-statistics t.a null_fraction: 0 -> 0.5
-- setup
create table t (a int) engine = myisam;
-- reference
insert into t values (1), (2), (1), (2);
-- reference, mysql
analyze table t update histogram on a with 4 buckets;
-- reference, mariadb
analyze table t persistent for columns (a) indexes ();
-- candidate
insert into t values (1), (2), (null), (null);
-- candidate, mysql
analyze table t update histogram on a with 4 buckets;
-- candidate, mariadb
analyze table t persistent for columns (a) indexes ();
