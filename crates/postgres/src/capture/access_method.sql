-- Access methods made by users. Versions: 13 to 18. Privileges: none.
select 'pg_am'::text as _classid, a.oid as _oid, a.amname as name,
  case a.amtype when 't' then 'table' else 'index' end as type,
  regexp_replace(nullif(a.amhandler::oid, 0)::regprocedure::text, '^("([^"]|"")*"|[^."(]*)\(.*\)$', '\1') as handler
from pg_catalog.pg_am a
where a.oid >= 16384
