-- Privileges on the server, databases, tables and columns. The names of databases are patterns, so they are chosen later.
-- Privileges: SELECT on mysql.*; without it the server shows the own account's only.
-- USAGE stands where there is no other privilege; where it may be passed on, there is GRANT OPTION alone.
select
    'global' as _level,
    '' as _database,
    '' as _table,
    '' as _column,
    u.grantee as _grantee,
    u.privilege_type as _privilege,
    u.is_grantable as _grantable
from information_schema.user_privileges u
where u.privilege_type <> 'USAGE' or u.is_grantable = 'YES'
union all
select 'schema', s.table_schema, '', '', s.grantee, s.privilege_type, s.is_grantable from information_schema.schema_privileges s
union all
select 'table', t.table_schema, t.table_name, '', t.grantee, t.privilege_type, t.is_grantable from information_schema.table_privileges t
where :own(t.table_schema)
union all
select 'column', c.table_schema, c.table_name, c.column_name, c.grantee, c.privilege_type, c.is_grantable
from information_schema.column_privileges c
where :own(c.table_schema)
