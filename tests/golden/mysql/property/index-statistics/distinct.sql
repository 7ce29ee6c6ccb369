-- expect: index-statistics t.a distinct
-- setup
create table t (a int, key a (a)) engine = myisam;
-- reference, mysql
set cte_max_recursion_depth = 100000;
insert into t with recursive n as (select 1 as i union all select i + 1 from n where i < 20001) select 1 from n;
-- reference, mariadb
insert into t select 1 from seq_1_to_20001;
-- reference
analyze table t;
-- candidate, mysql
set cte_max_recursion_depth = 100000;
insert into t with recursive n as (select 1 as i union all select i + 1 from n where i < 20001) select i from n;
-- candidate, mariadb
insert into t select seq from seq_1_to_20001;
-- candidate
analyze table t;
