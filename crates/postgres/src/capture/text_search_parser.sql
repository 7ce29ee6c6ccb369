-- Text search parsers. Versions: 13 to 18. Privileges: none.
select 'pg_ts_parser'::text as _classid, p.oid as _oid, n.nspname as schema, p.prsname as name,
  regexp_replace(nullif(p.prsstart::oid, 0)::regprocedure::text, '^("([^"]|"")*"|[^."(]*)\(.*\)$', '\1') as start,
  regexp_replace(nullif(p.prstoken::oid, 0)::regprocedure::text, '^("([^"]|"")*"|[^."(]*)\(.*\)$', '\1') as token,
  regexp_replace(nullif(p.prsend::oid, 0)::regprocedure::text, '^("([^"]|"")*"|[^."(]*)\(.*\)$', '\1') as "end",
  regexp_replace(nullif(p.prsheadline::oid, 0)::regprocedure::text, '^("([^"]|"")*"|[^."(]*)\(.*\)$', '\1') as headline,
  regexp_replace(nullif(p.prslextype::oid, 0)::regprocedure::text, '^("([^"]|"")*"|[^."(]*)\(.*\)$', '\1') as types
from pg_catalog.pg_ts_parser p
join pg_catalog.pg_namespace n on n.oid = p.prsnamespace
where n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
