-- only on: mysql
-- expect: index t.a parser: nothing -> ngram
-- setup
create table t (id int primary key, a varchar(20)) engine = myisam;
-- reference
alter table t add fulltext key a (a);
-- candidate
alter table t add fulltext key a (a) with parser ngram;
