-- Foreign servers. Versions: 13 to 18. Privileges: none. Values of options are kept only where they cannot be secret.
select 'pg_foreign_server'::text as _classid, s.oid as _oid, s.srvname as name, w.fdwname as wrapper, s.srvtype as type,
  s.srvversion as version, s.srvoptions as options
from pg_catalog.pg_foreign_server s
join pg_catalog.pg_foreign_data_wrapper w on w.oid = s.srvfdw
