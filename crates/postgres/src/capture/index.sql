-- Indexes, as raw as they are stored.
-- Versions: 13 to 18; NULLS NOT DISTINCT from 15 on. Privileges: none. No order: the manifest sorts.
select i.indexrelid, i.indrelid, i.indisunique,
  i.indnullsnotdistinct, -- >=15
  false, -- <15
  i.indisclustered, i.indisvalid, i.indisready, i.indisreplident, i.indnkeyatts, i.indkey, i.indcollation, i.indclass, i.indoption,
  i.indpred is not null, i.indexprs is not null, i.indisprimary or i.indisexclusion or not i.indimmediate
from pg_catalog.pg_index i
where i.indexrelid >= 16384
