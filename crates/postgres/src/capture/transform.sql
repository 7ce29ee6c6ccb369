-- Transforms. Versions: 13 to 18. Privileges: none.
select 'pg_transform'::text as _classid, t.oid as _oid, pg_catalog.format_type(t.trftype, null) as type, l.lanname as language,
  regexp_replace(nullif(t.trffromsql::oid, 0)::regprocedure::text, '^("([^"]|"")*"|[^."(]*)\(.*\)$', '\1') as from_sql,
  regexp_replace(nullif(t.trftosql::oid, 0)::regprocedure::text, '^("([^"]|"")*"|[^."(]*)\(.*\)$', '\1') as to_sql
from pg_catalog.pg_transform t
join pg_catalog.pg_language l on l.oid = t.trflang
where t.oid >= 16384
