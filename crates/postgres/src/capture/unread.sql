-- What users may have made and no kind holds: counted, so that its presence is a gap and not silence.
-- Versions: 13 to 18. Privileges: none. Columns: dimension, what a gap calls it, what it is, how many.
select 'privileges'::text as dimension, 'large-object'::text as kind, 'large objects with their owners and grants'::text as what, count(*) as number
from (select from pg_catalog.pg_largeobject_metadata limit 1000) as l
union all
select 'schema', 'system-function', 'functions that users made in pg_catalog or information_schema', count(*)
from pg_catalog.pg_proc p
where p.oid >= 16384 and p.pronamespace in ('pg_catalog'::regnamespace, 'information_schema'::regnamespace)
  and not exists (select from pg_catalog.pg_depend d where d.classid = 'pg_catalog.pg_proc'::regclass and d.objid = p.oid and d.deptype = 'e')
union all
select 'schema', 'system-relation', 'relations that users made in pg_catalog or information_schema', count(*)
from pg_catalog.pg_class c
where c.oid >= 16384 and c.relnamespace in ('pg_catalog'::regnamespace, 'information_schema'::regnamespace)
  and not exists (select from pg_catalog.pg_depend d where d.classid = 'pg_catalog.pg_class'::regclass and d.objid = c.oid and d.deptype in ('e', 'i'))
union all
select 'schema', 'extension-dependency', 'objects that depend on an extension by ALTER ... DEPENDS ON EXTENSION', count(*)
from pg_catalog.pg_depend d
where d.refclassid = 'pg_catalog.pg_extension'::regclass and d.deptype = 'x'
