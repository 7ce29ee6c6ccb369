-- Who owns what: everything that a kind of ours may stand for. Members of extensions are sorted out by the reader.
-- Versions: 13 to 18; subscriptions from 14 on, before only superusers may read their number. Privileges: none. Columns: catalog, object, owner.
select 'pg_catalog.pg_class'::regclass::oid as class, c.oid, c.relowner as owner from pg_catalog.pg_class c where c.relkind in ('r', 'p', 'v', 'm', 'f', 'S') and c.relpersistence <> 't'
union all
select 'pg_catalog.pg_proc'::regclass::oid, p.oid, p.proowner from pg_catalog.pg_proc p
union all
select 'pg_catalog.pg_type'::regclass::oid, t.oid, t.typowner from pg_catalog.pg_type t
union all
select 'pg_catalog.pg_namespace'::regclass::oid, n.oid, n.nspowner from pg_catalog.pg_namespace n
union all
select 'pg_catalog.pg_tablespace'::regclass::oid, s.oid, s.spcowner from pg_catalog.pg_tablespace s
union all
select 'pg_catalog.pg_language'::regclass::oid, l.oid, l.lanowner from pg_catalog.pg_language l
union all
select 'pg_catalog.pg_foreign_data_wrapper'::regclass::oid, w.oid, w.fdwowner from pg_catalog.pg_foreign_data_wrapper w
union all
select 'pg_catalog.pg_foreign_server'::regclass::oid, s.oid, s.srvowner from pg_catalog.pg_foreign_server s
union all
select 'pg_catalog.pg_operator'::regclass::oid, o.oid, o.oprowner from pg_catalog.pg_operator o
union all
select 'pg_catalog.pg_opclass'::regclass::oid, o.oid, o.opcowner from pg_catalog.pg_opclass o
union all
select 'pg_catalog.pg_opfamily'::regclass::oid, o.oid, o.opfowner from pg_catalog.pg_opfamily o
union all
select 'pg_catalog.pg_collation'::regclass::oid, c.oid, c.collowner from pg_catalog.pg_collation c
union all
select 'pg_catalog.pg_conversion'::regclass::oid, c.oid, c.conowner from pg_catalog.pg_conversion c
union all
select 'pg_catalog.pg_ts_config'::regclass::oid, c.oid, c.cfgowner from pg_catalog.pg_ts_config c
union all
select 'pg_catalog.pg_ts_dict'::regclass::oid, d.oid, d.dictowner from pg_catalog.pg_ts_dict d
union all
select 'pg_catalog.pg_statistic_ext'::regclass::oid, s.oid, s.stxowner from pg_catalog.pg_statistic_ext s
union all
select 'pg_catalog.pg_publication'::regclass::oid, p.oid, p.pubowner from pg_catalog.pg_publication p
union all -- >=14
select 'pg_catalog.pg_subscription'::regclass::oid, s.oid, s.subowner from pg_catalog.pg_subscription s -- >=14
union all
select 'pg_catalog.pg_event_trigger'::regclass::oid, e.oid, e.evtowner from pg_catalog.pg_event_trigger e
union all
select 'pg_catalog.pg_extension'::regclass::oid, e.oid, e.extowner from pg_catalog.pg_extension e
union all
select 'pg_catalog.pg_database'::regclass::oid, d.oid, d.datdba from pg_catalog.pg_database d where d.datname = current_database()
