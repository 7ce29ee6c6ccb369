-- The tablespace stays until the server is gone.
-- only on: mysql
-- expect: table t tablespace: nothing -> elsewhere
-- server
create tablespace elsewhere add datafile 'elsewhere.ibd';
-- setup
create table t (id int primary key);
-- candidate
alter table t tablespace elsewhere;
