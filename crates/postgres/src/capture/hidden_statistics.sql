-- Tables whose columns' statistics are hidden from us, in part or in whole: no SELECT, or row-level security.
-- Versions: 13 to 18. Privileges: none. Columns: catalog, table, name, schema, whether row-level security hides it, who we are.
select 'pg_catalog.pg_class'::regclass::oid as class, c.oid, quote_ident(n.nspname) || '.' || quote_ident(c.relname) as shown, quote_ident(n.nspname) as schema,
  pg_catalog.has_table_privilege(c.oid, 'SELECT') as readable, quote_ident(current_user) as me
from pg_catalog.pg_class c
join pg_catalog.pg_namespace n on n.oid = c.relnamespace
where c.relkind in ('r', 'm', 'p', 'f') and c.relpersistence <> 't' and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
  and (not pg_catalog.has_table_privilege(c.oid, 'SELECT') or c.relrowsecurity and pg_catalog.row_security_active(c.oid))
order by 3
