-- Aggregate functions that belong to no extension.
-- Versions: 13 to 18. Privileges: none.
-- Functions of the system are named without their arguments, whose spelling differs between versions.
select 'pg_proc'::text as _classid, p.oid as _oid, n.nspname as schema,
  p.proname || '(' || array_to_string(array(select pg_catalog.format_type(t, null) from unnest(p.proargtypes::oid[]) with ordinality as a (t, o) order by a.o), ', ') || ')' as signature,
  nullif(pg_catalog.pg_get_function_arguments(p.oid), '') as arguments,
  case a.aggkind when 'o' then 'ordered set' when 'h' then 'hypothetical set' else 'normal' end as type,
  pg_catalog.pg_get_function_result(p.oid) as returns,
  regexp_replace(nullif(a.aggtransfn::oid, 0)::regprocedure::text, '^("([^"]|"")*"|[^."(]*)\(.*\)$', '\1') as transition,
  pg_catalog.format_type(a.aggtranstype, null) as state, nullif(a.aggtransspace, 0) as state_size, a.agginitval as initial,
  regexp_replace(nullif(a.aggfinalfn::oid, 0)::regprocedure::text, '^("([^"]|"")*"|[^."(]*)\(.*\)$', '\1') as final, a.aggfinalextra as final_extra,
  case a.aggfinalmodify when 's' then 'shareable' when 'w' then 'read write' else 'read only' end as final_modify,
  regexp_replace(nullif(a.aggcombinefn::oid, 0)::regprocedure::text, '^("([^"]|"")*"|[^."(]*)\(.*\)$', '\1') as combine,
  regexp_replace(nullif(a.aggserialfn::oid, 0)::regprocedure::text, '^("([^"]|"")*"|[^."(]*)\(.*\)$', '\1') as serial,
  regexp_replace(nullif(a.aggdeserialfn::oid, 0)::regprocedure::text, '^("([^"]|"")*"|[^."(]*)\(.*\)$', '\1') as deserial,
  regexp_replace(nullif(a.aggmtransfn::oid, 0)::regprocedure::text, '^("([^"]|"")*"|[^."(]*)\(.*\)$', '\1') as moving_transition,
  regexp_replace(nullif(a.aggminvtransfn::oid, 0)::regprocedure::text, '^("([^"]|"")*"|[^."(]*)\(.*\)$', '\1') as moving_inverse,
  case when a.aggmtranstype <> 0 then pg_catalog.format_type(a.aggmtranstype, null) end as moving_state,
  nullif(a.aggmtransspace, 0) as moving_state_size, a.aggminitval as moving_initial,
  regexp_replace(nullif(a.aggmfinalfn::oid, 0)::regprocedure::text, '^("([^"]|"")*"|[^."(]*)\(.*\)$', '\1') as moving_final, a.aggmfinalextra as moving_final_extra,
  case when a.aggmtranstype <> 0 then case a.aggmfinalmodify when 's' then 'shareable' when 'w' then 'read write' end end as moving_final_modify,
  nullif(a.aggsortop, 0)::regoperator::text as sort_operator,
  case p.proparallel when 's' then 'safe' when 'r' then 'restricted' else 'unsafe' end as parallel
from pg_catalog.pg_aggregate a
join pg_catalog.pg_proc p on p.oid = a.aggfnoid::oid
join pg_catalog.pg_namespace n on n.oid = p.pronamespace
where n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
