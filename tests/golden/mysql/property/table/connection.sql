-- The place holds a password, so only that there is one is compared.
-- only on: mysql
-- expect: table t connection: nothing -> set
-- implies: table t engine
-- implies: table t row_format
-- only: table
-- candidate server: federated=ON
-- reference
create table t (id int primary key);
-- candidate
create table t (id int primary key) engine = federated connection = 'mysql://user:secret@127.0.0.1:1/x/t';
