-- Constraints of tables, as raw as they are stored. NOT NULL is a property of the column, constraint triggers are triggers.
-- Foreign keys that partitions, or partitions of the referenced table, get from a partitioned one are left out: the server
-- names them anew after every restore. Whether their triggers fire is told of the one they come from (trigger_off.sql).
-- Versions: 13 to 18; columns of SET NULL/SET DEFAULT from 15 on; enforcement and temporal keys from 18 on. Privileges: none.
-- The copies of a foreign key that partitions get, on either side, follow from it, and their names change with a dump: left out.
-- What nearly every constraint has is NULL here: it costs nothing to send. No order: the manifest sorts.
select c.oid, c.conrelid, c.conname, c.contype, c.conkey, nullif(c.confrelid, 0), c.confkey, nullif(c.confmatchtype, ' '),
  nullif(c.confupdtype, ' '), nullif(c.confdeltype, ' '),
  c.confdelsetcols, -- >=15
  null::int2[], -- <15
  nullif(c.condeferrable, false), nullif(c.condeferred, false), nullif(c.convalidated, true),
  nullif(c.conenforced, true), -- >=18
  null::boolean, -- <18
  nullif(c.connoinherit, false), nullif(c.conislocal, true),
  nullif(c.conperiod, false), -- >=18
  null::boolean, -- <18
  nullif(c.conindid, 0),
  case when c.contype = 'x' then array(select o::regoperator::text from unnest(c.conexclop) as o) end
from pg_catalog.pg_constraint c
where c.conrelid >= 16384 and c.contype in ('p', 'u', 'c', 'x', 'f')
  and not (c.contype = 'f' and c.conparentid <> 0)
