-- Base types and shell types; array types come with their element type.
-- Versions: 13 to 18; subscript functions from 14 on. Privileges: none.
select 'pg_type'::text as _classid, t.oid as _oid, n.nspname as schema, t.typname as name, t.typisdefined as defined,
  case when t.typisdefined then regexp_replace(nullif(t.typinput::oid, 0)::regprocedure::text, '^("([^"]|"")*"|[^."(]*)\(.*\)$', '\1') end as input,
  case when t.typisdefined then regexp_replace(nullif(t.typoutput::oid, 0)::regprocedure::text, '^("([^"]|"")*"|[^."(]*)\(.*\)$', '\1') end as output,
  regexp_replace(nullif(t.typreceive::oid, 0)::regprocedure::text, '^("([^"]|"")*"|[^."(]*)\(.*\)$', '\1') as receive,
  regexp_replace(nullif(t.typsend::oid, 0)::regprocedure::text, '^("([^"]|"")*"|[^."(]*)\(.*\)$', '\1') as send,
  regexp_replace(nullif(t.typmodin::oid, 0)::regprocedure::text, '^("([^"]|"")*"|[^."(]*)\(.*\)$', '\1') as modifier_in,
  regexp_replace(nullif(t.typmodout::oid, 0)::regprocedure::text, '^("([^"]|"")*"|[^."(]*)\(.*\)$', '\1') as modifier_out,
  regexp_replace(nullif(t.typanalyze::oid, 0)::regprocedure::text, '^("([^"]|"")*"|[^."(]*)\(.*\)$', '\1') as analyze,
  regexp_replace(nullif(t.typsubscript::oid, 0)::regprocedure::text, '^("([^"]|"")*"|[^."(]*)\(.*\)$', '\1') as subscript, -- >=14
  case when t.typisdefined then t.typlen end as length, t.typisdefined and t.typbyval as by_value,
  case when t.typisdefined then case t.typalign when 'c' then 'char' when 's' then 'int2' when 'd' then 'double' end end as alignment,
  case t.typstorage when 'e' then 'external' when 'm' then 'main' when 'x' then 'extended' end as storage,
  case when t.typisdefined then t.typcategory::text end as category, t.typispreferred as preferred, t.typdefault as default,
  case when t.typelem <> 0 then pg_catalog.format_type(t.typelem, null) end as element,
  t.typdelim::text as delimiter, t.typcollation <> 0 as collatable
from pg_catalog.pg_type t
join pg_catalog.pg_namespace n on n.oid = t.typnamespace
where (t.typtype = 'b' or not t.typisdefined) and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
  and not exists (select from pg_catalog.pg_type e where e.typarray = t.oid)
