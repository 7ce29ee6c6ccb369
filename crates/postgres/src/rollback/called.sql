-- (behind known.sql) Functions that a text may run and that are not known to be tame: by what is called in it, and by all of its names,
-- where a value of a row may be asked for its function.
-- Versions: 13 to 18. Privileges: none. Rows: one a function, by name.
SELECT p.oid::regprocedure::text
FROM pg_catalog.pg_proc AS p
WHERE p.oid NOT IN (SELECT oid FROM tame)
  AND (p.proname = ANY ({calls}::text[])
       OR p.oid >= 16384 AND p.proname = ANY ({names}::text[]) AND p.pronargs - p.pronargdefaults <= 1
          AND EXISTS (SELECT FROM pg_catalog.pg_type AS t WHERE t.oid = p.proargtypes[0] AND t.typtype IN ('c', 'p')))
ORDER BY 1
