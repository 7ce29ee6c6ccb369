-- Free-standing composite types. Versions: 13 to 18. Privileges: none.
select 'pg_type'::text as _classid, t.oid as _oid, n.nspname as schema, t.typname as name,
  array(select quote_ident(a.attname) || ' ' || pg_catalog.format_type(a.atttypid, a.atttypmod)
      || case when a.attcollation <> 0 and a.attcollation <> at.typcollation then ' COLLATE ' || a.attcollation::regcollation::text else '' end
    from pg_catalog.pg_attribute a join pg_catalog.pg_type at on at.oid = a.atttypid
    where a.attrelid = t.typrelid and a.attnum > 0 and not a.attisdropped order by a.attnum) as attributes,
  array(select quote_ident(a.attname) || ': ' || d.description
    from pg_catalog.pg_attribute a
    join pg_catalog.pg_description d on d.classoid = 'pg_catalog.pg_class'::regclass and d.objoid = a.attrelid and d.objsubid = a.attnum
    where a.attrelid = t.typrelid and a.attnum > 0 and not a.attisdropped order by 1) as attribute_comments
from pg_catalog.pg_type t
join pg_catalog.pg_namespace n on n.oid = t.typnamespace
join pg_catalog.pg_class c on c.oid = t.typrelid
where t.typtype = 'c' and c.relkind = 'c' and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
