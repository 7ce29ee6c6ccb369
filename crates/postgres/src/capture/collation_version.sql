-- Recorded and actual versions of collations: the user's own, and those of the system that anything here depends on.
-- Versions: 13 to 18. Privileges: none. Collations without a version (C, POSIX) have neither.
select ''::text as _classid, 0::oid as _oid, v.schema, v.name, v.recorded, v.actual, v.recorded is distinct from v.actual as outdated
from (
  select n.nspname as schema, c.collname as name, c.collversion as recorded, pg_catalog.pg_collation_actual_version(c.oid) as actual
  from pg_catalog.pg_collation c
  join pg_catalog.pg_namespace n on n.oid = c.collnamespace
  where c.collprovider <> 'd' and c.collversion is not null
    and (n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
      or exists (select from pg_catalog.pg_depend d where d.refclassid = 'pg_catalog.pg_collation'::regclass and d.refobjid = c.oid and d.deptype = 'n'))
) v
