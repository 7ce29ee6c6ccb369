-- Privileges of objects whose list was ever touched, and what they would be untouched: of a new object, or, for the
-- system's objects and members of extensions, as initdb or CREATE EXTENSION left them.
-- The information schema is left out: initdb grants on it after it took note of what is untouched.
-- Versions: 13 to 18; parameters from 15 on. Privileges: none.
-- Columns: catalog, object, column, owner, grantee, privilege, grantable, whether this is how it would be untouched.
with o as materialized (
  select 'pg_catalog.pg_class'::regclass::oid as class, c.oid, 0 as sub, c.relowner as owner, c.relacl as acl, (case c.relkind when 'S' then 's' else 'r' end)::"char" as type
  from pg_catalog.pg_class c where c.relacl is not null and c.relpersistence <> 't' and c.relnamespace <> 'information_schema'::regnamespace
  union all
  select 'pg_catalog.pg_class'::regclass::oid, a.attrelid, a.attnum, c.relowner, a.attacl, 'c'
  from pg_catalog.pg_attribute a join pg_catalog.pg_class c on c.oid = a.attrelid where a.attacl is not null and not a.attisdropped
  union all
  select 'pg_catalog.pg_proc'::regclass::oid, p.oid, 0, p.proowner, p.proacl, 'f' from pg_catalog.pg_proc p where p.proacl is not null
  union all
  select 'pg_catalog.pg_type'::regclass::oid, t.oid, 0, t.typowner, t.typacl, 'T' from pg_catalog.pg_type t where t.typacl is not null
  union all
  select 'pg_catalog.pg_namespace'::regclass::oid, n.oid, 0, n.nspowner, n.nspacl, 'n' from pg_catalog.pg_namespace n
  where n.nspacl is not null and n.nspname !~ '^pg_(toast_)?temp_' and n.nspname <> 'information_schema'
  union all
  select 'pg_catalog.pg_database'::regclass::oid, d.oid, 0, d.datdba, d.datacl, 'd' from pg_catalog.pg_database d
  where d.datacl is not null and d.datname = current_database()
  union all
  select 'pg_catalog.pg_tablespace'::regclass::oid, s.oid, 0, s.spcowner, s.spcacl, 't' from pg_catalog.pg_tablespace s where s.spcacl is not null
  union all
  select 'pg_catalog.pg_language'::regclass::oid, l.oid, 0, l.lanowner, l.lanacl, 'l' from pg_catalog.pg_language l where l.lanacl is not null
  union all
  select 'pg_catalog.pg_foreign_data_wrapper'::regclass::oid, w.oid, 0, w.fdwowner, w.fdwacl, 'F'
  from pg_catalog.pg_foreign_data_wrapper w where w.fdwacl is not null
  union all
  select 'pg_catalog.pg_foreign_server'::regclass::oid, s.oid, 0, s.srvowner, s.srvacl, 'S'
  from pg_catalog.pg_foreign_server s where s.srvacl is not null
  union all -- >=15
  select 'pg_catalog.pg_parameter_acl'::regclass::oid, p.oid, 0, 10, p.paracl, 'p' from pg_catalog.pg_parameter_acl p -- >=15
), t as materialized (
  -- The list pg_init_privs keeps for schema public is the same for every new database, so it is its default.
  select o.*, coalesce(i.initprivs, pg_catalog.acldefault(o.type, o.owner)) as untouched
  from o
  left join pg_catalog.pg_init_privs i on i.classoid = o.class and i.objoid = o.oid and i.objsubid = o.sub
    and not (o.class = 'pg_catalog.pg_namespace'::regclass and o.oid = 2200)
)
select t.class, t.oid, t.sub, t.owner, a.grantee, a.privilege_type as privilege, bool_or(a.is_grantable) as grantable, false as untouched
from t, lateral pg_catalog.aclexplode(t.acl) a
where t.acl is distinct from t.untouched
group by 1, 2, 3, 4, 5, 6
union all
select t.class, t.oid, t.sub, t.owner, a.grantee, a.privilege_type, bool_or(a.is_grantable), true
from t, lateral pg_catalog.aclexplode(t.untouched) a
where t.acl is distinct from t.untouched
group by 1, 2, 3, 4, 5, 6
