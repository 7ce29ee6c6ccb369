-- expect: table t tablespace
-- reference
create table t (id int primary key);
-- candidate
create table t (id int primary key) tablespace innodb_system;
