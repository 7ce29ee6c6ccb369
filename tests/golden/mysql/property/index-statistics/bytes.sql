-- What the server keeps of an index may be changed by hand.
-- expect: index-statistics t.a bytes
-- setup
create table t (id int primary key, a int, key a (a));
-- candidate
update mysql.innodb_index_stats set stat_value = 2000 where database_name = database() and index_name = 'a' and stat_name = 'size';
