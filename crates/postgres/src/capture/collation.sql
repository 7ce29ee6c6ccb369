-- Collations made by users and usable in this database. Recorded and actual versions are configuration.
-- Versions: 13 to 18; ICU locales have a column of their own from 15 on, rules from 16 on, one column for all from 17 on. Privileges: none.
select 'pg_collation'::text as _classid, c.oid as _oid, n.nspname as schema, c.collname as name,
  case c.collprovider when 'c' then 'libc' when 'i' then 'icu' when 'b' then 'builtin' when 'd' then 'default' else c.collprovider::text end as provider,
  c.collisdeterministic as deterministic,
  case when c.collprovider <> 'i' then c.collcollate::text end as collate, case when c.collprovider <> 'i' then c.collctype::text end as ctype,
  case when c.collprovider = 'i' then c.collcollate::text end as locale, -- <15
  c.colliculocale as locale, -- >=15 and <17
  c.colllocale as locale, -- >=17
  c.collicurules as rules, -- >=16
  c.collencoding as _encoding
from pg_catalog.pg_collation c
join pg_catalog.pg_namespace n on n.oid = c.collnamespace
where n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
  and c.collencoding in (-1, (select d.encoding from pg_catalog.pg_database d where d.datname = current_database()))
