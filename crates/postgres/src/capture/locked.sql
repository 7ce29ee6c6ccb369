-- Relations, and indexes of relations, that a session holds or wants in ACCESS EXCLUSIVE mode, and views, rules,
-- policies and functions that read them.
-- Versions: 13 to 18. Privileges: none.
with held as (
  select distinct l.relation as oid
  from pg_catalog.pg_locks l
  where l.locktype = 'relation' and l.mode = 'AccessExclusiveLock'
    and l.database = (select d.oid from pg_catalog.pg_database d where d.datname = current_database())
    and l.pid <> pg_catalog.pg_backend_pid()
)
select h.oid from held h
union select i.indexrelid from pg_catalog.pg_index i join held h on h.oid = i.indrelid
union select c.oid from pg_catalog.pg_constraint c join held h on h.oid in (c.conrelid, c.confrelid)
union select d.oid from pg_catalog.pg_attrdef d join held h on h.oid = d.adrelid
union select t.oid from pg_catalog.pg_trigger t join held h on h.oid = t.tgrelid
union select s.oid from pg_catalog.pg_statistic_ext s join held h on h.oid = s.stxrelid
union select d.objid from pg_catalog.pg_depend d join held h on d.refclassid = 'pg_catalog.pg_class'::regclass and d.refobjid = h.oid
  where d.classid in ('pg_catalog.pg_rewrite'::regclass, 'pg_catalog.pg_proc'::regclass, 'pg_catalog.pg_policy'::regclass, 'pg_catalog.pg_publication_rel'::regclass)
union select r.ev_class from pg_catalog.pg_rewrite r
  join pg_catalog.pg_depend d on d.classid = 'pg_catalog.pg_rewrite'::regclass and d.objid = r.oid and d.refclassid = 'pg_catalog.pg_class'::regclass
  join held h on h.oid = d.refobjid
