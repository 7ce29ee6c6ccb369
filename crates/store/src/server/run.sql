-- Runs, by a condition that is put behind it. Its own clock says how long ago the last sign of life was.
SELECT number::text, letters, verb, environment, target, by, host, boot, pid::text, started, reason, snapshot, ground, digest,
    to_jsonb(run) ->> 'artifact', to_jsonb(run) ->> 'rewritten', -- tables of versions 1 and 2 have no such columns
    to_char(begun AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
    to_char(beat AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), greatest(extract(epoch FROM clock_timestamp() - beat), 0)::text,
    ending, to_char(ended AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'), words
FROM evenkeel_store.run
