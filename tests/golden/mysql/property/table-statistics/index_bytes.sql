-- expect: table-statistics t index_bytes
-- setup
create table t (a char(250) character set latin1, key (a), key (a), key (a), key (a), key (a), key (a)) engine = myisam pack_keys = 0;
-- candidate, mysql
set cte_max_recursion_depth = 100000;
insert into t with recursive n as (select 1 as i union all select i + 1 from n where i < 8000) select i from n;
-- candidate, mariadb
insert into t select seq from seq_1_to_8000;
