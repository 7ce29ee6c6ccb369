-- NOT NULL constraints that say more than the column's flag: another name than the generated one, NO INHERIT, not valid.
-- Versions: 18 (catalog objects since then). Privileges: none.
select c.conrelid as relation, c.conkey[1] as number,
  case when c.conname <> k.relname || '_' || a.attname || '_not_null' and length(k.relname || '_' || a.attname || '_not_null') < 64 then c.conname end as name,
  c.connoinherit as no_inherit, c.convalidated as valid
from pg_catalog.pg_constraint c
join pg_catalog.pg_class k on k.oid = c.conrelid
join pg_catalog.pg_attribute a on a.attrelid = c.conrelid and a.attnum = c.conkey[1]
where c.contype = 'n'
  and (c.conname <> k.relname || '_' || a.attname || '_not_null' or c.connoinherit or not c.convalidated)
