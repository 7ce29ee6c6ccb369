-- Sequences behind identity columns.
-- Versions: 13 to 18. Privileges: none.
select d.refobjid, d.refobjsubid, pg_catalog.format_type(s.seqtypid, null), s.seqstart, s.seqincrement, s.seqmin, s.seqmax, s.seqcache, s.seqcycle, d.objid
from pg_catalog.pg_depend d
join pg_catalog.pg_sequence s on s.seqrelid = d.objid
where d.classid = 'pg_catalog.pg_class'::regclass and d.refclassid = 'pg_catalog.pg_class'::regclass and d.deptype = 'i' and d.refobjsubid > 0
