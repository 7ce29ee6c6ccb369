-- How often a table or an index was read, the table written to, since the server began to count, and when it was last read.
-- What it counts of all databases is forgotten with the rest where the server crashed, and says when, which that of one database does not.
-- Versions: all; when it was last read from 16 on. Privileges: none.
SELECT (coalesce(s.seq_scan, 0) + coalesce(s.idx_scan, 0))::pg_catalog.int8 AS reads,
       (s.n_tup_ins + s.n_tup_upd + s.n_tup_del)::pg_catalog.int8 AS writes,
       pg_catalog.current_setting('track_counts') = 'on' AS counts,
       (
         SELECT pg_catalog.to_char(greatest(d.stats_reset, b.stats_reset) AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')
         FROM pg_catalog.pg_stat_database d, pg_catalog.pg_stat_bgwriter b
         WHERE d.datname = pg_catalog.current_database()
       ) AS since,
       pg_catalog.to_char(greatest(s.last_seq_scan, s.last_idx_scan) AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS last_read -- >=16
       NULL::pg_catalog.text AS last_read -- <16
FROM (
  SELECT schemaname, relname, seq_scan, idx_scan, n_tup_ins, n_tup_upd, n_tup_del,
         last_seq_scan, last_idx_scan -- >=16
         NULL::pg_catalog.text -- <16
  FROM pg_catalog.pg_stat_user_tables
  UNION ALL
  SELECT schemaname, indexrelname, 0, idx_scan, 0, 0, 0,
         NULL, last_idx_scan -- >=16
         NULL -- <16
  FROM pg_catalog.pg_stat_user_indexes
) s
WHERE s.schemaname = $1 AND s.relname = $2;
