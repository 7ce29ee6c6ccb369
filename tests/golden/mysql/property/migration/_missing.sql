-- expect: migration flyway_schema_history.2 missing
-- setup
create table flyway_schema_history (installed_rank int, version varchar(50), description varchar(200), type varchar(20),
  script varchar(1000), checksum int, installed_by varchar(100), installed_on timestamp, execution_time int, success bool);
insert into flyway_schema_history (installed_rank, version, description, type, script, checksum, success)
  values (1, '1', 'orders', 'SQL', 'V1__orders.sql', 7, true), (2, '2', 'total', 'SQL', 'V2__total.sql', 8, true);
-- candidate
delete from flyway_schema_history where version = '2';
