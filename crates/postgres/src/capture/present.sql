-- Which kinds have no object at all, so that nothing else has to be asked about them. Each line looks where the kind's own
-- statement looks, with a condition that is no narrower. Kinds that are not here are always asked for.
-- Versions: 13 to 18. Privileges: none. Columns: kind, whether there may be any.
with ours as materialized (select n.oid from pg_catalog.pg_namespace n where n.nspname !~ '^pg_' and n.nspname <> 'information_schema'),
  -- Every table brings a composite and an array type; array_in reads no type but those the server makes.
  types as materialized (
    select distinct case when t.typisdefined then t.typtype else 'b' end as typtype
    from pg_catalog.pg_type t
    where t.typtype <> 'c' and t.typinput <> 'pg_catalog.array_in'::regproc and t.typnamespace in (select o.oid from ours o)
  ),
  routines as materialized (select distinct p.prokind from pg_catalog.pg_proc p where p.pronamespace in (select o.oid from ours o))
select 'function'::text as kind, exists (select from routines r where r.prokind in ('f', 'w')) as present
union all select 'procedure', exists (select from routines r where r.prokind = 'p')
union all select 'aggregate', exists (select from routines r where r.prokind = 'a')
union all select 'enum', exists (select from types t where t.typtype = 'e')
union all select 'domain', exists (select from types t where t.typtype = 'd')
union all select 'domain-constraint', exists (select from types t where t.typtype = 'd')
union all select 'range-type', exists (select from types t where t.typtype = 'r')
union all select 'base-type', exists (select from types t where t.typtype = 'b')
union all select 'event-trigger', exists (select from pg_catalog.pg_event_trigger)
union all select 'policy', exists (select from pg_catalog.pg_policy)
union all select 'cast', exists (select from pg_catalog.pg_cast c where c.oid >= 16384)
union all select 'operator', exists (select from pg_catalog.pg_operator p where p.oprnamespace in (select o.oid from ours o))
union all select 'operator-class', exists (select from pg_catalog.pg_opclass p where p.opcnamespace in (select o.oid from ours o))
union all select 'operator-family', exists (select from pg_catalog.pg_opfamily f where f.opfnamespace in (select o.oid from ours o))
union all select 'collation', exists (select from pg_catalog.pg_collation c where c.collnamespace in (select o.oid from ours o))
union all select 'conversion', exists (select from pg_catalog.pg_conversion c where c.connamespace in (select o.oid from ours o))
union all select 'text-search-parser', exists (select from pg_catalog.pg_ts_parser p where p.prsnamespace in (select o.oid from ours o))
union all select 'text-search-template', exists (select from pg_catalog.pg_ts_template t where t.tmplnamespace in (select o.oid from ours o))
union all select 'text-search-dictionary', exists (select from pg_catalog.pg_ts_dict d where d.dictnamespace in (select o.oid from ours o))
union all select 'text-search-configuration', exists (select from pg_catalog.pg_ts_config c where c.cfgnamespace in (select o.oid from ours o))
union all select 'statistics', exists (select from pg_catalog.pg_statistic_ext)
union all select 'language', exists (select from pg_catalog.pg_language l where l.oid >= 16384)
union all select 'access-method', exists (select from pg_catalog.pg_am a where a.oid >= 16384)
union all select 'transform', exists (select from pg_catalog.pg_transform)
union all select 'foreign-data-wrapper', exists (select from pg_catalog.pg_foreign_data_wrapper)
union all select 'foreign-server', exists (select from pg_catalog.pg_foreign_server)
union all select 'user-mapping', exists (select from pg_catalog.pg_foreign_server)
union all select 'publication', exists (select from pg_catalog.pg_publication)
union all select 'publication-table', exists (select from pg_catalog.pg_publication_rel)
