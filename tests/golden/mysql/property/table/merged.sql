-- expect: table t merged: a, b -> b, a
-- setup
create table a (id int) engine = myisam;
create table b (id int) engine = myisam;
-- reference
create table t (id int) engine = merge union = (a, b);
-- candidate
create table t (id int) engine = merge union = (b, a);
