-- expect mysql: table t compression: nothing -> zlib
-- expect mariadb: table t compression: nothing -> page compressed
-- setup
create table t (id int primary key);
-- candidate, mysql
alter table t compression = 'zlib';
-- candidate, mariadb
alter table t page_compressed = 1;
