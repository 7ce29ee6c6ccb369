-- Parents of tables, partitions and partitioned indexes, in order.
-- Versions: 13 to 18; a detach can be pending from 14 on. Privileges: none.
select i.inhrelid as child, i.inhparent as parent,
  i.inhdetachpending as pending -- >=14
  false as pending -- <14
from pg_catalog.pg_inherits i
order by i.inhrelid, i.inhseqno
