-- expect: migration app.flyway_schema_history.2 checksum: 8 -> 9
-- setup
create schema app;
create table app.flyway_schema_history (installed_rank integer, version varchar(50), description varchar(200), type varchar(20),
  script varchar(1000), checksum integer, success boolean);
insert into app.flyway_schema_history values (1, '1', 'orders', 'SQL', 'V1__orders.sql', 7, true),
  (2, '2', 'total', 'SQL', 'V2__total.sql', 8, true);
analyze app.flyway_schema_history;
-- candidate
update app.flyway_schema_history set checksum = 9 where version = '2';
