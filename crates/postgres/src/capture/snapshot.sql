-- Which transactions this snapshot sees as finished. Equal texts: nothing was committed in between.
-- Versions: 13 to 18. Privileges: none.
select pg_catalog.pg_current_snapshot()::text
