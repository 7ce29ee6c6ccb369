-- Indexes, as raw as they are stored. What nearly every index has is NULL here: it costs nothing to send.
-- Versions: 13 to 18; NULLS NOT DISTINCT from 15 on. Privileges: none. No order: the manifest sorts.
select i.indexrelid as oid, i.indrelid as relation, nullif(i.indisunique, false) as unique,
  nullif(i.indnullsnotdistinct, false) as nulls_not_distinct, -- >=15
  null::boolean as nulls_not_distinct, -- <15
  nullif(i.indisclustered, false) as clustered, nullif(i.indisvalid, true) as valid, nullif(i.indisready, true) as ready,
  nullif(i.indisreplident, false) as replica_identity, i.indnkeyatts as key_count, i.indkey as columns, i.indcollation as collations,
  i.indclass as classes, i.indoption as options,
  nullif(i.indpred is not null, false) as has_predicate, nullif(i.indexprs is not null, false) as has_expressions
from pg_catalog.pg_index i
where i.indexrelid >= 16384
