-- Constraints of tables, as raw as they are stored. NOT NULL is a property of the column, constraint triggers are triggers.
-- Foreign keys that partitions, or partitions of the referenced table, get from a partitioned one are left out: the server
-- names them anew after every restore. Whether their triggers fire is told of the one they come from (trigger_off.sql).
-- Versions: 13 to 18; columns of SET NULL/SET DEFAULT from 15 on; enforcement and temporal keys from 18 on. Privileges: none.
-- The copies of a foreign key that partitions get, on either side, follow from it, and their names change with a dump: left out.
-- What nearly every constraint has is NULL here: it costs nothing to send. No order: the manifest sorts.
select c.oid, c.conrelid as relation, c.conname as name, c.contype as typ, c.conkey as columns, nullif(c.confrelid, 0) as referenced_table,
  c.confkey as referenced, nullif(c.confmatchtype, ' ') as matching, nullif(c.confupdtype, ' ') as on_update, nullif(c.confdeltype, ' ') as on_delete,
  c.confdelsetcols as on_delete_columns, -- >=15
  null::int2[] as on_delete_columns, -- <15
  nullif(c.condeferrable, false) as deferrable, nullif(c.condeferred, false) as deferred, nullif(c.convalidated, true) as validated,
  nullif(c.conenforced, true) as enforced, -- >=18
  null::boolean as enforced, -- <18
  nullif(c.connoinherit, false) as no_inherit, nullif(c.conislocal, true) as local,
  nullif(c.conperiod, false) as temporal, -- >=18
  null::boolean as temporal, -- <18
  nullif(c.conindid, 0) as index,
  case when c.contype = 'x' then array(select o::regoperator::text from unnest(c.conexclop) as o) end as operators
from pg_catalog.pg_constraint c
where c.conrelid >= 16384 and c.contype in ('p', 'u', 'c', 'x', 'f')
  and not (c.contype = 'f' and c.conparentid <> 0)
