-- Acts of these runs, with what they leave.
SELECT run::text, at::text, what, state, to_char(begun AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
    to_char(ended AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'), words, number, before, mark, after, of_migration
FROM evenkeel_store.act WHERE run = ANY ($1::bigint[]) ORDER BY run, at
