-- Conversions between encodings. Versions: 13 to 18. Privileges: none.
select 'pg_conversion'::text as _classid, c.oid as _oid, n.nspname as schema, c.conname as name,
  pg_catalog.pg_encoding_to_char(c.conforencoding)::text as source, pg_catalog.pg_encoding_to_char(c.contoencoding)::text as target,
  regexp_replace(nullif(c.conproc::oid, 0)::regprocedure::text, '^("([^"]|"")*"|[^."(]*)\(.*\)$', '\1') as function, c.condefault as default
from pg_catalog.pg_conversion c
join pg_catalog.pg_namespace n on n.oid = c.connamespace
where n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
