-- Schemas with tables, and whether a role ($1) may read all of them. Only needed before pg_read_all_data, that is on 13.
-- Versions: 13 to 18. Privileges: none. Columns: schema, usage, select on all tables, owners of tables there whose next tables would be closed.
select n.nspname::text, coalesce(pg_catalog.has_schema_privilege(r.oid, n.oid, 'USAGE'), false),
  coalesce(bool_and(pg_catalog.has_table_privilege(r.oid, c.oid, 'SELECT')), false),
  coalesce(array_agg(distinct o.rolname::text) filter (where not exists (
    select from pg_catalog.pg_default_acl d, pg_catalog.aclexplode(d.defaclacl) a
    where d.defaclrole = o.oid and d.defaclobjtype = 'r' and d.defaclnamespace in (0, n.oid) and a.grantee = r.oid and a.privilege_type = 'SELECT'
  )), '{}')
from pg_catalog.pg_namespace n
join pg_catalog.pg_class c on c.relnamespace = n.oid and c.relkind in ('r', 'p', 'm', 'f') and c.relpersistence <> 't'
join pg_catalog.pg_roles o on o.oid = c.relowner
left join pg_catalog.pg_roles r on r.rolname = $1
where n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
group by n.nspname, n.oid, r.oid
order by 1
