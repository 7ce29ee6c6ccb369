-- One line a catalog that the printed definitions come from: how many rows, and a sum over their versions. Temporary
-- objects are left out, so that sessions at work do not count as changes.
-- Versions: 13 to 18. Privileges: none. Columns: catalog, rows, sum.
with ours as materialized (select c.oid from pg_catalog.pg_class c where c.relpersistence <> 't'),
  lasting as materialized (select n.oid from pg_catalog.pg_namespace n where n.nspname !~ '^pg_(toast_)?temp_')
select 'pg_class' as catalog, count(*) as rows, coalesce(sum(hashtext(c.oid || '.' || c.xmin)::bigint), 0)::text as versions
from pg_catalog.pg_class c where c.relpersistence <> 't'
union all
select 'pg_attribute', count(*), coalesce(sum(hashtext(a.attrelid || '.' || a.attnum || '.' || a.xmin)::bigint), 0)::text
from pg_catalog.pg_attribute a join ours o on o.oid = a.attrelid
union all
select 'pg_attrdef', count(*), coalesce(sum(hashtext(d.oid || '.' || d.xmin)::bigint), 0)::text
from pg_catalog.pg_attrdef d join ours o on o.oid = d.adrelid
union all
select 'pg_constraint', count(*), coalesce(sum(hashtext(c.oid || '.' || c.xmin)::bigint), 0)::text
from pg_catalog.pg_constraint c where c.conrelid = 0 or c.conrelid in (select oid from ours)
union all
select 'pg_index', count(*), coalesce(sum(hashtext(i.indexrelid || '.' || i.xmin)::bigint), 0)::text
from pg_catalog.pg_index i join ours o on o.oid = i.indexrelid
union all
select 'pg_rewrite', count(*), coalesce(sum(hashtext(r.oid || '.' || r.xmin)::bigint), 0)::text
from pg_catalog.pg_rewrite r join ours o on o.oid = r.ev_class
union all
select 'pg_trigger', count(*), coalesce(sum(hashtext(t.oid || '.' || t.xmin)::bigint), 0)::text
from pg_catalog.pg_trigger t join ours o on o.oid = t.tgrelid
union all
select 'pg_proc', count(*), coalesce(sum(hashtext(p.oid || '.' || p.xmin)::bigint), 0)::text from pg_catalog.pg_proc p
where p.pronamespace in (select oid from lasting)
union all
select 'pg_type', count(*), coalesce(sum(hashtext(t.oid || '.' || t.xmin)::bigint), 0)::text
from pg_catalog.pg_type t where t.typrelid = 0 and t.typelem = 0 and t.typnamespace in (select oid from lasting)
union all
select 'pg_namespace', count(*), coalesce(sum(hashtext(n.oid || '.' || n.xmin)::bigint), 0)::text
from pg_catalog.pg_namespace n where n.nspname !~ '^pg_(toast_)?temp_'
union all
select 'pg_policy', count(*), coalesce(sum(hashtext(p.oid || '.' || p.xmin)::bigint), 0)::text from pg_catalog.pg_policy p
join ours o on o.oid = p.polrelid
union all
select 'pg_operator', count(*), coalesce(sum(hashtext(o.oid || '.' || o.xmin)::bigint), 0)::text from pg_catalog.pg_operator o
where o.oprnamespace in (select oid from lasting)
union all
select 'pg_collation', count(*), coalesce(sum(hashtext(c.oid || '.' || c.xmin)::bigint), 0)::text from pg_catalog.pg_collation c
union all
select 'pg_enum', count(*), coalesce(sum(hashtext(e.oid || '.' || e.xmin)::bigint), 0)::text from pg_catalog.pg_enum e
join pg_catalog.pg_type t on t.oid = e.enumtypid
join pg_catalog.pg_namespace n on n.oid = t.typnamespace and n.nspname !~ '^pg_(toast_)?temp_'
union all
select 'pg_opclass', count(*), coalesce(sum(hashtext(o.oid || '.' || o.xmin)::bigint), 0)::text from pg_catalog.pg_opclass o
union all
select 'pg_ts_config', count(*), coalesce(sum(hashtext(c.oid || '.' || c.xmin)::bigint), 0)::text from pg_catalog.pg_ts_config c
union all
select 'pg_ts_dict', count(*), coalesce(sum(hashtext(d.oid || '.' || d.xmin)::bigint), 0)::text from pg_catalog.pg_ts_dict d
union all
select 'pg_language', count(*), coalesce(sum(hashtext(l.oid || '.' || l.xmin)::bigint), 0)::text from pg_catalog.pg_language l
union all
-- Of roles the names are printed that something of this database names. Roles that come and go beside it (short-lived credentials)
-- are nothing to it; built-in ones are in no list of dependencies.
select 'pg_roles', count(*), coalesce(sum(hashtext(r.oid || '.' || r.rolname)::bigint), 0)::text from pg_catalog.pg_roles r
where r.oid < 16384 or r.oid in (
  select d.refobjid from pg_catalog.pg_shdepend d join pg_catalog.pg_database b on b.oid = d.dbid and b.datname = pg_catalog.current_database()
  where d.refclassid = 'pg_catalog.pg_authid'::pg_catalog.regclass
)
union all
select 'pg_statistic_ext', count(*), coalesce(sum(hashtext(s.oid || '.' || s.xmin)::bigint), 0)::text from pg_catalog.pg_statistic_ext s
join ours o on o.oid = s.stxrelid
union all
select 'pg_publication_rel', count(*), coalesce(sum(hashtext(r.oid || '.' || r.xmin)::bigint), 0)::text from pg_catalog.pg_publication_rel r
union all
select 'pg_partitioned_table', count(*), coalesce(sum(hashtext(p.partrelid || '.' || p.xmin)::bigint), 0)::text from pg_catalog.pg_partitioned_table p
union all
select 'pg_inherits', count(*), coalesce(sum(hashtext(i.inhrelid || '.' || i.inhparent || '.' || i.xmin)::bigint), 0)::text
from pg_catalog.pg_inherits i join ours o on o.oid = i.inhrelid
order by 1
