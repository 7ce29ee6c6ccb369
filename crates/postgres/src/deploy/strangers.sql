-- Sessions of runs of evenkeel that are not called as this one, in words.
-- Versions: 13 to 18. Privileges: none.
SELECT pg_catalog.concat_ws(', ', 'process ' || a.pid, a.application_name)
FROM pg_catalog.pg_stat_activity AS a
WHERE a.application_name LIKE 'evenkeel run %'
    AND a.application_name <> pg_catalog.current_setting('application_name')
    AND a.datname = pg_catalog.current_database()
ORDER BY a.pid
