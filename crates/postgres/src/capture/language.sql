-- Procedural languages made by users. Versions: 13 to 18. Privileges: none.
select 'pg_language'::text as _classid, l.oid as _oid, l.lanname as name, l.lanpltrusted as trusted,
  regexp_replace(nullif(l.lanplcallfoid::oid, 0)::regprocedure::text, '^("([^"]|"")*"|[^."(]*)\(.*\)$', '\1') as handler,
  regexp_replace(nullif(l.laninline::oid, 0)::regprocedure::text, '^("([^"]|"")*"|[^."(]*)\(.*\)$', '\1') as inline,
  regexp_replace(nullif(l.lanvalidator::oid, 0)::regprocedure::text, '^("([^"]|"")*"|[^."(]*)\(.*\)$', '\1') as validator
from pg_catalog.pg_language l
where l.oid >= 16384
