-- (behind known.sql) What runs with work on relations and is not known to be tame: defaults, checks, expressions of indexes and keys, views, rules
-- and policies; where rows are read or changed (`{data}`) also
-- triggers, enabled or not, and all that of relations which are reached over keys, parts and views. And names that nothing has.
-- Versions: 13 to 18. Privileges: none. Rows: one each, what it is and its name, in order.
, seed AS (
    SELECT c.oid
    FROM pg_catalog.pg_class AS c
    JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
    JOIN unnest({schemas}::text[], {names}::text[]) AS w (schema, name) ON n.nspname = w.schema AND c.relname = w.name
),
edges AS MATERIALIZED (
    SELECT conrelid AS one, confrelid AS other FROM pg_catalog.pg_constraint WHERE contype = 'f'
    UNION ALL SELECT confrelid, conrelid FROM pg_catalog.pg_constraint WHERE contype = 'f'
    UNION ALL SELECT inhrelid, inhparent FROM pg_catalog.pg_inherits
    UNION ALL SELECT inhparent, inhrelid FROM pg_catalog.pg_inherits
    UNION ALL SELECT indrelid, indexrelid FROM pg_catalog.pg_index
    UNION ALL
    SELECT r.ev_class, d.refobjid
    FROM pg_catalog.pg_rewrite AS r
    JOIN pg_catalog.pg_depend AS d ON d.classid = 'pg_catalog.pg_rewrite'::regclass AND d.objid = r.oid
    WHERE d.refclassid = 'pg_catalog.pg_class'::regclass
),
reached AS (
    WITH RECURSIVE r AS (
        SELECT oid FROM seed
        UNION
        SELECT e.other FROM r JOIN edges AS e ON e.one = r.oid WHERE {data}
    )
    SELECT oid FROM r
    UNION
    SELECT i.indexrelid FROM pg_catalog.pg_index AS i JOIN seed ON seed.oid = i.indrelid
),
trees AS (
    SELECT 'default of ' || a.adrelid::regclass::text AS what, a.adbin::text AS tree
    FROM pg_catalog.pg_attrdef AS a JOIN reached ON reached.oid = a.adrelid
    UNION ALL
    SELECT 'constraint ' || c.conname, c.conbin::text
    FROM pg_catalog.pg_constraint AS c
    WHERE c.conbin IS NOT NULL AND (c.conrelid IN (SELECT oid FROM reached) OR c.contypid <> 0)
    UNION ALL
    SELECT 'index ' || i.indexrelid::regclass::text, pg_catalog.concat(i.indexprs::text, i.indpred::text)
    FROM pg_catalog.pg_index AS i JOIN reached ON reached.oid = i.indexrelid
    UNION ALL
    SELECT 'key of ' || k.partrelid::regclass::text, k.partexprs::text
    FROM pg_catalog.pg_partitioned_table AS k JOIN reached ON reached.oid = k.partrelid
    UNION ALL
    SELECT 'default of ' || y.oid::regtype::text, y.typdefaultbin::text
    FROM pg_catalog.pg_type AS y
    WHERE y.typtype = 'd' AND y.typdefaultbin IS NOT NULL
    UNION ALL
    SELECT 'policy ' || p.polname, pg_catalog.concat(p.polqual::text, p.polwithcheck::text)
    FROM pg_catalog.pg_policy AS p JOIN reached ON reached.oid = p.polrelid
    UNION ALL
    SELECT 'rule ' || w.rulename || ' of ' || w.ev_class::regclass::text, pg_catalog.concat(w.ev_qual::text, w.ev_action::text)
    FROM pg_catalog.pg_rewrite AS w JOIN reached ON reached.oid = w.ev_class
    UNION ALL
    SELECT 'trigger ' || t.tgname, t.tgqual::text
    FROM pg_catalog.pg_trigger AS t JOIN reached ON reached.oid = t.tgrelid
    WHERE {data} AND t.tgqual IS NOT NULL
)
SELECT t.what || ', which runs ' || f.number::oid::regprocedure::text
FROM trees AS t
CROSS JOIN LATERAL (SELECT DISTINCT m[1] AS number
                    FROM pg_catalog.regexp_matches(t.tree, ':(?:funcid|aggfnoid|winfnoid|tsmhandler) ([0-9]+)', 'g') AS m) AS f
WHERE f.number::oid NOT IN (SELECT oid FROM tame)
UNION ALL
SELECT 'trigger ' || t.tgname || ' of ' || t.tgrelid::regclass::text || ', which runs ' || t.tgfoid::regprocedure::text
FROM pg_catalog.pg_trigger AS t JOIN reached ON reached.oid = t.tgrelid
WHERE {data} AND NOT t.tgisinternal AND t.tgfoid NOT IN (SELECT oid FROM tame)
UNION ALL
SELECT 'foreign table ' || c.oid::regclass::text FROM pg_catalog.pg_class AS c JOIN reached ON reached.oid = c.oid WHERE c.relkind = 'f'
UNION ALL
SELECT w.schema || '.' || w.name || ', which is not there'
FROM unnest({schemas}::text[], {names}::text[]) AS w (schema, name)
WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_class AS c
                  JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace AND n.nspname = w.schema WHERE c.relname = w.name)
ORDER BY 1
