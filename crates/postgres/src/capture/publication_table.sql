-- Tables that publications name one by one.
-- Versions: 13 to 18; column lists and filters from 15 on, filters printed apart (publication_table_text.sql). Privileges: none.
select 'pg_publication_rel'::text as _classid, r.oid as _oid, n.nspname as schema, c.relname as "table", p.pubname as publication,
  array(select a.attname::text from unnest(r.prattrs::int2[]) as k (number) join pg_catalog.pg_attribute a on a.attrelid = r.prrelid and a.attnum = k.number order by 1) as columns -- >=15
  null::text[] as columns -- <15
from pg_catalog.pg_publication_rel r
join pg_catalog.pg_publication p on p.oid = r.prpubid
join pg_catalog.pg_class c on c.oid = r.prrelid
join pg_catalog.pg_namespace n on n.oid = c.relnamespace
