-- Event triggers. Versions: 13 to 18. Privileges: none.
select 'pg_event_trigger'::text as _classid, e.oid as _oid, e.evtname as name, e.evtevent as event,
  array(select t from unnest(e.evttags) as t order by 1) as tags,
  regexp_replace(nullif(e.evtfoid::oid, 0)::regprocedure::text, '^("([^"]|"")*"|[^."(]*)\(.*\)$', '\1') as function,
  case e.evtenabled when 'O' then 'origin' when 'R' then 'replica' when 'A' then 'always' when 'D' then 'disabled' end as enabled
from pg_catalog.pg_event_trigger e
