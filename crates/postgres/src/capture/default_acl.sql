-- What ALTER DEFAULT PRIVILEGES left. Without a schema the list replaces the built-in one, in a schema it is added to it.
-- Versions: 13 to 18. Privileges: none.
-- Columns: role, schema, kind of objects, grantee, privilege, grantable, whether this is the built-in list.
with o as materialized (
  select d.defaclrole, coalesce(n.nspname, '')::text as nspname, d.defaclnamespace,
    case d.defaclobjtype when 'r' then 'tables' when 'S' then 'sequences' when 'f' then 'functions' when 'T' then 'types' when 'n' then 'schemas' when 'L' then 'large objects' else d.defaclobjtype::text end as objects,
    case d.defaclobjtype when 'S' then 's'::"char" else d.defaclobjtype end as type, d.defaclacl
  from pg_catalog.pg_default_acl d
  left join pg_catalog.pg_namespace n on n.oid = d.defaclnamespace
)
select o.defaclrole as role, o.nspname as schema, o.objects, a.grantee, a.privilege_type as privilege, bool_or(a.is_grantable) as grantable,
  false as untouched
from o, lateral pg_catalog.aclexplode(o.defaclacl) a
group by 1, 2, 3, 4, 5
union all
select o.defaclrole, o.nspname, o.objects, a.grantee, a.privilege_type, bool_or(a.is_grantable), true
from o, lateral pg_catalog.aclexplode(pg_catalog.acldefault(o.type, o.defaclrole)) a
where o.defaclnamespace = 0
group by 1, 2, 3, 4, 5
