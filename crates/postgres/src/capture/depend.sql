-- What the server recorded that an object needs, and which parts of an object are none of ours and speak for the whole: the rule of a
-- view, a default, row and array types, multiranges, the functions of a range, the sequence of an identity column, the index behind a
-- key, entries of operator families. The capture follows parts to their whole, and drops what an object says of what it is part of:
-- finding either out here would take several times as long. One row a pair of catalogs, with lists that belong together.
-- Besides what is said ('n') and what parts of partitions have of their parent's ('P'), what goes with another ('a') counts where
-- nothing else tells it: a partition and its table; a generated column and what its expression names, before 15; an operator class
-- and its family, and what a family has beyond its classes; a published table and its publication; the table a trigger is FROM.
-- Left out is what everybody knows: schemas, what the server came with, languages that every database has.
-- Versions: 13 to 18. Privileges: none; it locks nothing. No order: the capture sorts.
select d.class, d.on_class, d.is_part, array_agg(d.oid) as oids, array_agg(d.sub) as subs, array_agg(d.on_oid) as on_oids, array_agg(d.on_sub) as on_subs
from (
  select d.classid as class, d.objid as oid, d.objsubid as sub, d.refclassid as on_class, d.refobjid as on_oid, d.refobjsubid as on_sub,
    d.deptype = 'i' or d.classid = 'pg_catalog.pg_attrdef'::regclass and d.deptype = 'a'
      or d.classid in ('pg_catalog.pg_amop'::regclass, 'pg_catalog.pg_amproc'::regclass) and d.deptype = 'a'
        and d.refclassid = 'pg_catalog.pg_opfamily'::regclass and (d.objid, d.refobjid) in (
          select o.oid, o.amopfamily from pg_catalog.pg_amop o union all select p.oid, p.amprocfamily from pg_catalog.pg_amproc p
        ) as is_part
  from pg_catalog.pg_depend d
  where d.objid >= 16384 and d.refobjid >= 16384 and d.refclassid <> 'pg_catalog.pg_namespace'::regclass
    and (d.deptype in ('n', 'P')
      or d.deptype = 'i' and (
        d.classid in ('pg_catalog.pg_rewrite'::regclass, 'pg_catalog.pg_attrdef'::regclass, 'pg_catalog.pg_amop'::regclass, 'pg_catalog.pg_amproc'::regclass)
        or d.classid = 'pg_catalog.pg_class'::regclass and d.objsubid = 0 and (
          d.refclassid in ('pg_catalog.pg_constraint'::regclass, 'pg_catalog.pg_type'::regclass) or d.refobjsubid > 0)
        or d.classid = 'pg_catalog.pg_proc'::regclass and d.refclassid = 'pg_catalog.pg_type'::regclass
        -- Every table has such types, and few are named anywhere, by themselves or as elements.
        or d.classid = 'pg_catalog.pg_type'::regclass and d.objid in (
          select v.oid
          from pg_catalog.pg_depend n
          join pg_catalog.pg_type t on t.oid = n.refobjid
          cross join lateral (values (t.oid), (t.typelem)) as v (oid)
          where n.refclassid = 'pg_catalog.pg_type'::regclass and n.refobjid >= 16384 and n.deptype in ('n', 'a')
        )
      )
      or d.deptype = 'a' and (
        d.classid in ('pg_catalog.pg_attrdef'::regclass, 'pg_catalog.pg_amop'::regclass, 'pg_catalog.pg_amproc'::regclass)
        or d.classid = 'pg_catalog.pg_class'::regclass and d.objsubid > 0
        or d.classid = 'pg_catalog.pg_class'::regclass and d.refclassid = 'pg_catalog.pg_class'::regclass and d.refobjsubid = 0
          and d.objid in (select c.oid from pg_catalog.pg_class c where c.relispartition and c.relkind in ('r', 'p', 'f'))
        or d.classid = 'pg_catalog.pg_opclass'::regclass and d.refclassid = 'pg_catalog.pg_opfamily'::regclass
        or d.classid = 'pg_catalog.pg_publication_rel'::regclass and d.refclassid = 'pg_catalog.pg_publication'::regclass
        or d.classid = 'pg_catalog.pg_trigger'::regclass
      ))
    and not (d.refclassid = 'pg_catalog.pg_language'::regclass
      and d.refobjid in (select l.oid from pg_catalog.pg_language l where l.lanname in ('internal', 'c', 'sql', 'plpgsql')))
) as d
group by d.class, d.on_class, d.is_part
