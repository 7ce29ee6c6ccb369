-- What the server calls objects that no kind of ours stands for: the system's own, members of extensions, the database.
-- Versions: 13 to 18; parameters from 15 on. Privileges: none. Parameters: catalogs, objects, columns.
-- Columns: catalog, object, column, kind, name.
select k.class, k.oid, k.sub, i.type as kind, case i.type when 'database' then '(this database)' else i.identity end as shown
from unnest($1::oid[], $2::oid[], $3::int4[]) as k (class, oid, sub), lateral pg_catalog.pg_identify_object(k.class, k.oid, k.sub) i
where i.identity is not null
