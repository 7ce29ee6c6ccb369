-- Roles but the predefined ones. What holds for ever has no end: no statement takes back that one was said. Versions: 13 to 18. Privileges: none; passwords are not read.
select 'pg_authid'::text as _classid, r.oid as _oid, ''::text as name, r.rolsuper as superuser, r.rolinherit as inherit, r.rolcreaterole as create_role,
  r.rolcreatedb as create_database, r.rolcanlogin as login, r.rolreplication as replication, r.rolbypassrls as bypass_rls,
  r.rolconnlimit as connection_limit, nullif(r.rolvaliduntil::text, 'infinity') as valid_until
from pg_catalog.pg_roles r
where r.rolname !~ '^pg_'
