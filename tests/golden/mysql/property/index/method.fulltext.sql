-- expect: index t.a method: btree -> fulltext
-- setup
create table t (id int primary key, a varchar(20)) engine = myisam;
-- reference
alter table t add key a (a);
-- candidate
alter table t add fulltext key a (a);
