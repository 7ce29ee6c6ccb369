-- Versions of extensions. Versions: 13 to 18. Privileges: none. The default version is read from the server's disk.
select ''::text as _classid, 0::oid as _oid, e.extname as name, e.extversion as version, a.default_version
from pg_catalog.pg_extension e
left join pg_catalog.pg_available_extensions a on a.name = e.extname
