-- expect: table-statistics t rows: 0 -> 20001
-- setup
create table t (id int) engine = myisam;
-- candidate, mysql
set cte_max_recursion_depth = 100000;
insert into t with recursive n as (select 1 as i union all select i + 1 from n where i < 20001) select i from n;
-- candidate, mariadb
insert into t select seq from seq_1_to_20001;
