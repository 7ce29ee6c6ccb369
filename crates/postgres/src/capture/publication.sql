-- Publications. Versions: 13 to 18; schemas from 15 on, generated columns from 18 on. Privileges: none.
select 'pg_publication'::text as _classid, p.oid as _oid, p.pubname as name, p.puballtables as all_tables,
  array(select n.nspname::text from pg_catalog.pg_publication_namespace s join pg_catalog.pg_namespace n on n.oid = s.pnnspid where s.pnpubid = p.oid order by 1) as schemas, -- >=15
  array_to_string(array_remove(array[case when p.pubinsert then 'insert' end, case when p.pubupdate then 'update' end,
    case when p.pubdelete then 'delete' end, case when p.pubtruncate then 'truncate' end], null), ', ') as operations,
  case p.pubgencols when 's' then 'stored' else 'none' end as generated_columns, -- >=18
  p.pubviaroot as via_root
from pg_catalog.pg_publication p
