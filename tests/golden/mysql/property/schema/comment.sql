-- MySQL has no comments on databases.
-- only on: mariadb
-- expect: schema (database) comment: nothing -> the shop
-- candidate
alter database :DB comment = 'the shop';
