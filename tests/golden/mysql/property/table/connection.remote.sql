-- The place holds a password, so only that there is one is compared.
-- only on: mariadb since 11.8
-- expect: table t connection: nothing -> set
-- server
install soname 'ha_sphinx';
-- reference
create table t (id bigint unsigned not null, weight int not null, query varchar(3072) not null, key (query)) engine = sphinx;
-- candidate
create table t (id bigint unsigned not null, weight int not null, query varchar(3072) not null, key (query)) engine = sphinx
  connection = 'sphinx://127.0.0.1:1/secret';
