-- expect: history-table app.knex_migrations locked: no -> yes
-- setup
create schema app;
create table app.knex_migrations (id integer, name varchar(255), batch integer, migration_time timestamptz);
create table app.knex_migrations_lock (index integer, is_locked integer);
insert into app.knex_migrations_lock values (1, 0);
analyze app.knex_migrations_lock;
-- candidate
update app.knex_migrations_lock set is_locked = 1;
