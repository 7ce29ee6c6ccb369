-- expect: table-statistics t table_bytes
-- setup
create table t (id int, a longblob) engine = myisam;
-- candidate, mysql
set cte_max_recursion_depth = 100000;
insert into t with recursive n as (select 1 as i union all select i + 1 from n where i < 100) select i, repeat('x', 120000) from n;
-- candidate, mariadb
insert into t select seq, repeat('x', 120000) from seq_1_to_100;
