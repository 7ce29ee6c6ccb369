-- Named locks of migration tools for the current database, and the connections that hold them. Needs no privilege.
-- evenkeel: claim/name.rs; golang-migrate: database/mysql/mysql.go, database/util.go; sqlx-mysql: migrate.rs; Rails: active_record/migration.rb.
-- MySQL 8.0+, MariaDB 10.5+.
select t.tool, t.holder
from (
    select 'evenkeel' as tool, is_used_lock(concat('evenkeel-', left(sha2(lower(database()), 256), 32))) as holder
    union all
    select 'golang-migrate',
        is_used_lock(cast((crc32(concat(database(), ':schema_migrations')) * 1486364155) % 4294967296 as char))
    union all
    select 'sqlx', is_used_lock(lower(hex(1026731422 * crc32(database()))))
    union all
    select 'Rails', is_used_lock(cast(2053462845 * crc32(database()) as char))
) t
where t.holder is not null
order by t.tool
