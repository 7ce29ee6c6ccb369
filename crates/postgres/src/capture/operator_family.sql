-- Operator families with the entries that no operator class of theirs shows.
-- Versions: 13 to 18. Privileges: none.
select 'pg_opfamily'::text as _classid, f.oid as _oid, n.nspname as schema, f.opfname as name, m.amname as method,
  array(select p.amopstrategy || ' ' || p.amopopr::regoperator::text
      || coalesce(' FOR ORDER BY ' || (select quote_ident(sn.nspname) || '.' || quote_ident(s.opfname) from pg_catalog.pg_opfamily s
        join pg_catalog.pg_namespace sn on sn.oid = s.opfnamespace where s.oid = p.amopsortfamily), '')
    from pg_catalog.pg_amop p
    where p.amopfamily = f.oid and not (p.amoplefttype = p.amoprighttype
      and exists (select from pg_catalog.pg_opclass o where o.opcfamily = f.oid and o.opcintype = p.amoplefttype))
    order by p.amopstrategy, p.amopopr::regoperator::text collate "C") as operators,
  array(select p.amprocnum || ' (' || pg_catalog.format_type(p.amproclefttype, null) || ', ' || pg_catalog.format_type(p.amprocrighttype, null) || ') '
      || regexp_replace(nullif(p.amproc::oid, 0)::regprocedure::text, '^("([^"]|"")*"|[^."(]*)\(.*\)$', '\1')
    from pg_catalog.pg_amproc p
    where p.amprocfamily = f.oid and not (p.amproclefttype = p.amprocrighttype
      and exists (select from pg_catalog.pg_opclass o where o.opcfamily = f.oid and o.opcintype = p.amproclefttype))
    order by p.amprocnum, pg_catalog.format_type(p.amproclefttype, null) collate "C", pg_catalog.format_type(p.amprocrighttype, null) collate "C") as functions
from pg_catalog.pg_opfamily f
join pg_catalog.pg_namespace n on n.oid = f.opfnamespace
join pg_catalog.pg_am m on m.oid = f.opfmethod
where n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
