-- Objects that belong to an extension: they are the extension's business. By what they refer to, which has an index.
-- Versions: 13 to 18. Privileges: none. Columns: classid, objid, the extension.
select d.classid as class, d.objid as oid, d.refobjid as extension
from pg_catalog.pg_depend d
where d.refclassid = 'pg_catalog.pg_extension'::regclass and d.deptype = 'e'
