-- expect: column-statistics t.a null_fraction: 0 -> 0.5
-- setup
create table t (a int) engine = myisam;
-- reference, mysql
set cte_max_recursion_depth = 100000;
insert into t with recursive n as (select 1 as i union all select i + 1 from n where i < 2000) select i % 2 from n;
-- reference, mariadb
insert into t select seq % 2 from seq_1_to_2000;
-- reference, mysql
analyze table t update histogram on a with 4 buckets;
-- reference, mariadb
analyze table t persistent for columns (a) indexes ();
-- candidate, mysql
set cte_max_recursion_depth = 100000;
insert into t with recursive n as (select 1 as i union all select i + 1 from n where i < 2000) select nullif(i % 2, 0) from n;
-- candidate, mariadb
insert into t select nullif(seq % 2, 0) from seq_1_to_2000;
-- candidate, mysql
analyze table t update histogram on a with 4 buckets;
-- candidate, mariadb
analyze table t persistent for columns (a) indexes ();
