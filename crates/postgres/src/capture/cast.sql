-- Casts made by users. From 14 on a range type brings a cast to its multirange.
-- Versions: 13 to 18. Privileges: none.
select 'pg_cast'::text as _classid, c.oid as _oid,
  pg_catalog.format_type(c.castsource, null) as source, pg_catalog.format_type(c.casttarget, null) as target,
  case c.castmethod when 'f' then 'function' when 'b' then 'binary' when 'i' then 'inout' end as method,
  regexp_replace(nullif(c.castfunc::oid, 0)::regprocedure::text, '^("([^"]|"")*"|[^."(]*)\(.*\)$', '\1') as function,
  case c.castcontext when 'i' then 'implicit' when 'a' then 'assignment' else 'explicit' end as context
from pg_catalog.pg_cast c
where c.oid >= 16384
  and not exists (select from pg_catalog.pg_range r where r.rngtypid = c.castsource and r.rngmultitypid = c.casttarget) -- >=14
