-- Range types. Versions: 13 to 18; multiranges from 14 on. Privileges: none.
-- The generated name of a multirange replaces the first "range" of the name by "multirange", or appends "_multirange".
select 'pg_type'::text as _classid, t.oid as _oid, n.nspname as schema, t.typname as name,
  pg_catalog.format_type(r.rngsubtype, null) as subtype,
  case when not (o.opcdefault and o.opcintype = r.rngsubtype) then case when opn.nspname = 'pg_catalog' then '' else quote_ident(opn.nspname) || '.' end || quote_ident(o.opcname) end as operator_class,
  case when r.rngcollation <> 0 and r.rngcollation <> s.typcollation then r.rngcollation::regcollation::text end as collation,
  regexp_replace(nullif(r.rngcanonical::oid, 0)::regprocedure::text, '^("([^"]|"")*"|[^."(]*)\(.*\)$', '\1') as canonical,
  regexp_replace(nullif(r.rngsubdiff::oid, 0)::regprocedure::text, '^("([^"]|"")*"|[^."(]*)\(.*\)$', '\1') as difference,
  case when m.typnamespace <> t.typnamespace or m.typname <> left(case when position('range' in t.typname) > 0 -- >=14
    then overlay(t.typname::text placing 'multirange' from position('range' in t.typname) for 5) else left(t.typname, 52) || '_multirange' end, 63) -- >=14
    then pg_catalog.format_type(m.oid, null) end as multirange -- >=14
  null as multirange -- <14
from pg_catalog.pg_range r
join pg_catalog.pg_type t on t.oid = r.rngtypid
join pg_catalog.pg_type s on s.oid = r.rngsubtype
join pg_catalog.pg_type m on m.oid = r.rngmultitypid -- >=14
join pg_catalog.pg_opclass o on o.oid = r.rngsubopc
join pg_catalog.pg_namespace opn on opn.oid = o.opcnamespace
join pg_catalog.pg_namespace n on n.oid = t.typnamespace
where n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
