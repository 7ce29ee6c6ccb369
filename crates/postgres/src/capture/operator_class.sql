-- Operator classes with the entries of their family that are for exactly their type.
-- Versions: 13 to 18. Privileges: none.
select 'pg_opclass'::text as _classid, o.oid as _oid, n.nspname as schema, o.opcname as name, m.amname as method,
  pg_catalog.format_type(o.opcintype, null) as type, o.opcdefault as default,
  case when f.opfname <> o.opcname or f.opfnamespace <> o.opcnamespace
    then case when fn.nspname = 'pg_catalog' then '' else quote_ident(fn.nspname) || '.' end || quote_ident(f.opfname) end as family,
  case when o.opckeytype not in (0, o.opcintype) then pg_catalog.format_type(o.opckeytype, null) end as storage,
  array(select p.amopstrategy || ' ' || p.amopopr::regoperator::text
      || coalesce(' FOR ORDER BY ' || (select quote_ident(sn.nspname) || '.' || quote_ident(s.opfname) from pg_catalog.pg_opfamily s
        join pg_catalog.pg_namespace sn on sn.oid = s.opfnamespace where s.oid = p.amopsortfamily), '')
    from pg_catalog.pg_amop p
    where p.amopfamily = o.opcfamily and p.amoplefttype = o.opcintype and p.amoprighttype = o.opcintype
    order by p.amopstrategy, p.amoppurpose) as operators,
  array(select p.amprocnum || ' ' || regexp_replace(nullif(p.amproc::oid, 0)::regprocedure::text, '^("([^"]|"")*"|[^."(]*)\(.*\)$', '\1')
    from pg_catalog.pg_amproc p
    where p.amprocfamily = o.opcfamily and p.amproclefttype = o.opcintype and p.amprocrighttype = o.opcintype
    order by p.amprocnum) as functions
from pg_catalog.pg_opclass o
join pg_catalog.pg_namespace n on n.oid = o.opcnamespace
join pg_catalog.pg_am m on m.oid = o.opcmethod
join pg_catalog.pg_opfamily f on f.oid = o.opcfamily
join pg_catalog.pg_namespace fn on fn.oid = f.opfnamespace
where n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
