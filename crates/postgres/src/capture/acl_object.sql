-- What the server calls objects that no kind of ours stands for: the system's own, members of extensions, the database; and the
-- column that has an identity sequence, whose own name says when the table was made, and no more.
-- Versions: 13 to 18; parameters from 15 on. Privileges: none. Parameters: catalogs, objects, columns.
-- Columns: catalog, object, column, kind, name, the table and number of an identity column.
select k.class, k.oid, k.sub, i.type as kind, case i.type when 'database' then '(this database)' else i.identity end as shown,
  d.refobjid as relation, d.refobjsubid as number
from unnest($1::oid[], $2::oid[], $3::int4[]) as k (class, oid, sub)
cross join lateral pg_catalog.pg_identify_object(k.class, k.oid, k.sub) i
left join pg_catalog.pg_depend d on k.class = 'pg_catalog.pg_class'::regclass and d.classid = k.class and d.objid = k.oid and d.deptype = 'i'
  and d.refclassid = 'pg_catalog.pg_class'::regclass and d.refobjsubid > 0
where i.identity is not null
