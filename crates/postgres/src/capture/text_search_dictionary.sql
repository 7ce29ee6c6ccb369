-- Text search dictionaries. Versions: 13 to 18. Privileges: none.
select 'pg_ts_dict'::text as _classid, d.oid as _oid, n.nspname as schema, d.dictname as name,
  case when tn.nspname = 'pg_catalog' then '' else quote_ident(tn.nspname) || '.' end || quote_ident(t.tmplname) as template,
  d.dictinitoption as options
from pg_catalog.pg_ts_dict d
join pg_catalog.pg_namespace n on n.oid = d.dictnamespace
join pg_catalog.pg_ts_template t on t.oid = d.dicttemplate
join pg_catalog.pg_namespace tn on tn.oid = t.tmplnamespace
where n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
