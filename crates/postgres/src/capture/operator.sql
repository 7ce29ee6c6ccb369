-- Operators with a function behind them. Versions: 13 to 18. Privileges: none.
select 'pg_operator'::text as _classid, o.oid as _oid, n.nspname as schema,
  o.oprname || '(' || case when o.oprleft = 0 then 'NONE' else pg_catalog.format_type(o.oprleft, null) end || ', '
    || case when o.oprright = 0 then 'NONE' else pg_catalog.format_type(o.oprright, null) end || ')' as signature,
  regexp_replace(nullif(o.oprcode::oid, 0)::regprocedure::text, '^("([^"]|"")*"|[^."(]*)\(.*\)$', '\1') as function,
  pg_catalog.format_type(o.oprresult, null) as returns,
  nullif(o.oprcom, 0)::regoperator::text as commutator, nullif(o.oprnegate, 0)::regoperator::text as negator,
  regexp_replace(nullif(o.oprrest::oid, 0)::regprocedure::text, '^("([^"]|"")*"|[^."(]*)\(.*\)$', '\1') as restrict,
  regexp_replace(nullif(o.oprjoin::oid, 0)::regprocedure::text, '^("([^"]|"")*"|[^."(]*)\(.*\)$', '\1') as join,
  o.oprcanhash as hashes, o.oprcanmerge as merges
from pg_catalog.pg_operator o
join pg_catalog.pg_namespace n on n.oid = o.oprnamespace
where o.oprcode <> 0 and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
