-- Objects that belong to an extension: they are the extension's business.
-- Versions: 13 to 18. Privileges: none. Columns: classid, objid.
select d.classid, d.objid
from pg_catalog.pg_depend d
where d.deptype = 'e'
