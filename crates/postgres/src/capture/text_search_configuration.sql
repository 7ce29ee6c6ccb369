-- Text search configurations. Versions: 13 to 18. Privileges: none. The parser itself names the token types.
select 'pg_ts_config'::text as _classid, c.oid as _oid, n.nspname as schema, c.cfgname as name,
  case when pn.nspname = 'pg_catalog' then p.prsname::text else quote_ident(pn.nspname) || '.' || quote_ident(p.prsname) end as parser,
  array(select t.alias || ': ' || string_agg(m.mapdict::regdictionary::text, ', ' order by m.mapseqno)
    from pg_catalog.ts_token_type(c.cfgparser) as t
    join pg_catalog.pg_ts_config_map m on m.mapcfg = c.oid and m.maptokentype = t.tokid
    group by t.alias order by t.alias collate "C") as mappings
from pg_catalog.pg_ts_config c
join pg_catalog.pg_namespace n on n.oid = c.cfgnamespace
join pg_catalog.pg_ts_parser p on p.oid = c.cfgparser
join pg_catalog.pg_namespace pn on pn.oid = p.prsnamespace
where n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
