-- Names of roles. Versions: 13 to 18. Privileges: none. Columns: oid, name.
select r.oid, r.rolname as name from pg_catalog.pg_roles r
