-- Sequences behind identity columns.
-- Versions: 13 to 18. Privileges: none.
select d.objid as sequence, d.refobjid as relation, d.refobjsubid as number, pg_catalog.format_type(s.seqtypid, null) as typ, s.seqstart as start, s.seqincrement as increment,
  s.seqmin as minimum, s.seqmax as maximum, s.seqcache as cache, s.seqcycle as cycle
from pg_catalog.pg_depend d
join pg_catalog.pg_sequence s on s.seqrelid = d.objid
where d.classid = 'pg_catalog.pg_class'::regclass and d.refclassid = 'pg_catalog.pg_class'::regclass and d.deptype = 'i' and d.refobjsubid > 0
