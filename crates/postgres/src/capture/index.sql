-- Indexes, as raw as they are stored. What nearly every index has is NULL here: it costs nothing to send.
-- Versions: 13 to 18; NULLS NOT DISTINCT from 15 on. Privileges: none. No order: the manifest sorts.
select i.indexrelid, i.indrelid, nullif(i.indisunique, false),
  nullif(i.indnullsnotdistinct, false), -- >=15
  null::boolean, -- <15
  nullif(i.indisclustered, false), nullif(i.indisvalid, true), nullif(i.indisready, true), nullif(i.indisreplident, false),
  i.indnkeyatts, i.indkey, i.indcollation, i.indclass, i.indoption,
  nullif(i.indpred is not null, false), nullif(i.indexprs is not null, false)
from pg_catalog.pg_index i
where i.indexrelid >= 16384
