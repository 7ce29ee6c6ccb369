-- expect: index t.a block_size: nothing -> 2048
-- setup
create table t (id int primary key, a int) engine = myisam;
-- reference
alter table t add key a (a);
-- candidate
alter table t add key a (a) key_block_size = 2048;
