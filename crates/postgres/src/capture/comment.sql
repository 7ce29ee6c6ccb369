-- Comments on anything. Versions: 13 to 18. Privileges: none.
select d.classoid as class, d.objoid as oid, d.objsubid as sub, d.description as note
from pg_catalog.pg_description d
where d.objoid >= 16384 or d.classoid = 'pg_catalog.pg_namespace'::regclass
union all
select s.classoid, s.objoid, 0, s.description
from pg_catalog.pg_shdescription s
