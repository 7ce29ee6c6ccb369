-- Gives a role what the superuser that made the server owns in this database. `{role}` is its name as a literal.
-- Versions: 13 to 18. Privileges: superuser. Only on throwaway servers.
DO $hand_over$
DECLARE
    heir CONSTANT text := {role};
    r record;
BEGIN
    FOR r IN
        SELECT pg_catalog.format('ALTER SCHEMA %I OWNER TO %I', nspname, heir) AS line
        FROM pg_catalog.pg_namespace
        WHERE nspowner = 10 AND nspname !~ '^pg_' AND nspname <> 'information_schema'
        UNION ALL
        SELECT pg_catalog.format(
                   'ALTER %s %s OWNER TO %I',
                   CASE c.relkind
                       WHEN 'v' THEN 'VIEW'
                       WHEN 'm' THEN 'MATERIALIZED VIEW'
                       WHEN 'S' THEN 'SEQUENCE'
                       WHEN 'f' THEN 'FOREIGN TABLE'
                       ELSE 'TABLE'
                   END,
                   c.oid::regclass,
                   heir
               )
        FROM pg_catalog.pg_class AS c
        WHERE c.relowner = 10 AND c.oid >= 16384 AND c.relkind IN ('r', 'p', 'v', 'm', 'S', 'f')
          AND NOT EXISTS (
              SELECT FROM pg_catalog.pg_depend AS d
              WHERE d.classid = 'pg_catalog.pg_class'::regclass AND d.objid = c.oid AND d.objsubid = 0
                AND (d.deptype = 'e' OR (c.relkind = 'S' AND d.deptype IN ('a', 'i')))
          )
        UNION ALL
        SELECT pg_catalog.format('ALTER ROUTINE %s OWNER TO %I', p.oid::regprocedure, heir)
        FROM pg_catalog.pg_proc AS p
        WHERE p.proowner = 10 AND p.oid >= 16384
          AND NOT EXISTS (
              SELECT FROM pg_catalog.pg_depend AS d
              WHERE d.classid = 'pg_catalog.pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e'
          )
        UNION ALL
        SELECT pg_catalog.format('ALTER TYPE %s OWNER TO %I', t.oid::regtype, heir)
        FROM pg_catalog.pg_type AS t
        LEFT JOIN pg_catalog.pg_class AS c ON c.oid = t.typrelid
        WHERE t.typowner = 10 AND t.oid >= 16384 AND (t.typtype IN ('e', 'd', 'r') OR (t.typtype = 'c' AND c.relkind = 'c'))
          AND NOT EXISTS (
              SELECT FROM pg_catalog.pg_depend AS d
              WHERE d.classid = 'pg_catalog.pg_type'::regclass AND d.objid = t.oid AND d.deptype = 'e'
          )
        UNION ALL
        SELECT pg_catalog.format('ALTER STATISTICS %I.%I OWNER TO %I', n.nspname, s.stxname, heir)
        FROM pg_catalog.pg_statistic_ext AS s
        JOIN pg_catalog.pg_namespace AS n ON n.oid = s.stxnamespace
        WHERE s.stxowner = 10
    LOOP
        EXECUTE r.line;
    END LOOP;
END
$hand_over$
