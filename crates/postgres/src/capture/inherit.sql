-- Parents of tables, partitions and partitioned indexes, in order.
-- Versions: 13 to 18; a detach can be pending from 14 on. Privileges: none.
select i.inhrelid, i.inhparent, i.inhseqno,
  i.inhdetachpending -- >=14
  false -- <14
from pg_catalog.pg_inherits i
order by i.inhrelid, i.inhseqno
