-- expect: history-table knex_migrations locked: no -> yes
-- setup
create table knex_migrations (id int, name varchar(255), batch int, migration_time timestamp);
create table knex_migrations_lock (`index` int, is_locked int);
insert into knex_migrations_lock values (1, 0);
-- candidate
update knex_migrations_lock set is_locked = 1;
