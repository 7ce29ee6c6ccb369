-- (behind known.sql) What runs code of which nobody knows what it does, whatever is run there: what it is, its name.
-- Versions: 13 to 18. Privileges: none. Rows: one each, by name.
SELECT 'event trigger', t.evtname::text FROM pg_catalog.pg_event_trigger AS t WHERE t.evtenabled IN ('O', 'A')
UNION ALL
SELECT 'operator', o.oid::regoperator::text
FROM pg_catalog.pg_operator AS o
WHERE o.oid >= 16384 AND o.oprcode <> 0 AND o.oprcode::oid NOT IN (SELECT oid FROM tame)
  AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend AS d WHERE d.classid = 'pg_catalog.pg_operator'::regclass AND d.objid = o.oid
                  AND d.deptype = 'e')
UNION ALL
SELECT 'cast', c.castsource::regtype::text || ' to ' || c.casttarget::regtype::text
FROM pg_catalog.pg_cast AS c
WHERE c.oid >= 16384 AND c.castfunc <> 0 AND c.castfunc NOT IN (SELECT oid FROM tame)
UNION ALL
SELECT 'type', t.oid::regtype::text
FROM pg_catalog.pg_type AS t
WHERE t.oid >= 16384 AND t.typtype = 'b' AND t.typelem = 0 AND t.typinput::oid >= 16384 AND t.typinput::oid NOT IN (SELECT oid FROM tame)
UNION ALL
SELECT 'access method', a.amname::text
FROM pg_catalog.pg_am AS a
WHERE a.oid >= 16384 AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend AS d
    JOIN pg_catalog.pg_extension AS e ON e.oid = d.refobjid AND d.refclassid = 'pg_catalog.pg_extension'::regclass
    WHERE d.classid = 'pg_catalog.pg_am'::regclass AND d.objid = a.oid AND d.deptype = 'e' AND e.extname IN ('bloom', 'vector'))
UNION ALL
SELECT 'operator class', f.opfname || ', which runs ' || m.amproc::regprocedure::text
FROM pg_catalog.pg_amproc AS m
JOIN pg_catalog.pg_opfamily AS f ON f.oid = m.amprocfamily
WHERE m.amproc::oid >= 16384 AND m.amproc::oid NOT IN (SELECT oid FROM tame)
  AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend AS d WHERE d.classid = 'pg_catalog.pg_proc'::regclass AND d.objid = m.amproc::oid
                  AND d.deptype = 'e')
UNION ALL
SELECT 'range type', r.rngtypid::regtype::text
FROM pg_catalog.pg_range AS r
WHERE r.rngcanonical::oid >= 16384 AND r.rngcanonical::oid NOT IN (SELECT oid FROM tame)
   OR r.rngsubdiff::oid >= 16384 AND r.rngsubdiff::oid NOT IN (SELECT oid FROM tame)
ORDER BY 1, 2
