-- Text search templates. Versions: 13 to 18. Privileges: none.
select 'pg_ts_template'::text as _classid, t.oid as _oid, n.nspname as schema, t.tmplname as name,
  regexp_replace(nullif(t.tmplinit::oid, 0)::regprocedure::text, '^("([^"]|"")*"|[^."(]*)\(.*\)$', '\1') as init,
  regexp_replace(nullif(t.tmpllexize::oid, 0)::regprocedure::text, '^("([^"]|"")*"|[^."(]*)\(.*\)$', '\1') as lexize
from pg_catalog.pg_ts_template t
join pg_catalog.pg_namespace n on n.oid = t.tmplnamespace
where n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
