-- What the server recorded that an object needs, from address to address. Parts of an object that are none of ours (a view's rule,
-- a default, the row, array and multirange types that come with a type, an index behind a key) stand for the object that has them.
-- Of what goes with another ('a'), and is no dependency that is said ('n') or that of a partition's part ('P'), these count, since
-- nothing else tells them: a partition and its table, a generated column before 15 and what its expression names, an operator class
-- and its family, what a family has beyond its classes, a published table and its publication, a constraint trigger and the table it
-- is FROM. Left out is what everybody knows: schemas, languages that every database has, what a constraint says of its own table.
-- Versions: 13 to 18; multiranges from 14 on. Privileges: none. It locks nothing. No order: the capture sorts.
with carrier (class, oid, of_class, of_oid, of_sub) as (
  select 'pg_catalog.pg_rewrite'::regclass::oid, r.oid, 'pg_catalog.pg_class'::regclass::oid, r.ev_class, 0
  from pg_catalog.pg_rewrite r
  where r.oid >= 16384 and r.ev_type = '1'
  union all
  select 'pg_catalog.pg_attrdef'::regclass, a.oid, 'pg_catalog.pg_class'::regclass, a.adrelid, a.adnum
  from pg_catalog.pg_attrdef a
  where a.oid >= 16384
  union all
  select 'pg_catalog.pg_type'::regclass, p.oid, case when c.oid is null then 'pg_catalog.pg_type'::regclass else 'pg_catalog.pg_class'::regclass end,
    coalesce(c.oid,
      r.rngtypid, -- >=14
      t.oid), 0
  from pg_catalog.pg_type t
  cross join lateral (values (t.oid), (t.typarray)) as p (oid)
  left join pg_catalog.pg_class c on c.oid = t.typrelid and c.relkind <> 'c'
  left join pg_catalog.pg_range r on r.rngmultitypid = t.oid -- >=14
  where t.oid >= 16384 and t.typarray <> 0
    and (p.oid <> t.oid or c.oid is not null
      or r.rngtypid is not null -- >=14
    )
  union all
  select 'pg_catalog.pg_class'::regclass, c.oid, 'pg_catalog.pg_type'::regclass, c.reltype, 0
  from pg_catalog.pg_class c
  where c.oid >= 16384 and c.relkind = 'c'
  union all
  select 'pg_catalog.pg_class'::regclass, k.conindid, 'pg_catalog.pg_constraint'::regclass, k.oid, 0
  from pg_catalog.pg_constraint k
  where k.oid >= 16384 and k.contype in ('p', 'u', 'x')
  union all
  -- Sequences behind identity columns, and the functions that come with a range type.
  select d.classid, d.objid, d.refclassid,
    coalesce((select r.rngtypid from pg_catalog.pg_range r where d.refclassid = 'pg_catalog.pg_type'::regclass and r.rngmultitypid = d.refobjid), -- >=14
      d.refobjid), -- >=14
    d.refobjid, -- <14
    d.refobjsubid
  from pg_catalog.pg_depend d
  where d.objid >= 16384 and d.deptype = 'i'
    and (d.classid = 'pg_catalog.pg_class'::regclass and d.objsubid = 0 and d.refclassid = 'pg_catalog.pg_class'::regclass and d.refobjsubid > 0
      or d.classid = 'pg_catalog.pg_proc'::regclass and d.refclassid = 'pg_catalog.pg_type'::regclass)
  union all
  select 'pg_catalog.pg_amop'::regclass, a.oid, coalesce(d.refclassid, 'pg_catalog.pg_opfamily'::regclass), coalesce(d.refobjid, a.amopfamily), 0
  from pg_catalog.pg_amop a
  left join pg_catalog.pg_depend d on d.classid = 'pg_catalog.pg_amop'::regclass and d.objid = a.oid
    and d.refclassid = 'pg_catalog.pg_opclass'::regclass
  where a.oid >= 16384
  union all
  select 'pg_catalog.pg_amproc'::regclass, a.oid, coalesce(d.refclassid, 'pg_catalog.pg_opfamily'::regclass), coalesce(d.refobjid, a.amprocfamily), 0
  from pg_catalog.pg_amproc a
  left join pg_catalog.pg_depend d on d.classid = 'pg_catalog.pg_amproc'::regclass and d.objid = a.oid
    and d.refclassid = 'pg_catalog.pg_opclass'::regclass
  where a.oid >= 16384
)
select n.class, n.oid, n.sub, n.on_class, n.on_oid, n.on_sub
from (
  select coalesce(own.of_class, d.classid) as class, coalesce(own.of_oid, d.objid) as oid, coalesce(own.of_sub, d.objsubid) as sub,
    coalesce(other.of_class, d.refclassid) as on_class, coalesce(other.of_oid, d.refobjid) as on_oid,
    coalesce(other.of_sub, d.refobjsubid) as on_sub
  from pg_catalog.pg_depend d
  left join carrier own on own.class = d.classid and own.oid = d.objid
  left join carrier other on other.class = d.refclassid and other.oid = d.refobjid
  left join pg_catalog.pg_constraint k on d.classid = 'pg_catalog.pg_constraint'::regclass and k.oid = d.objid
  where d.objid >= 16384 and d.refobjid >= 16384 and d.refclassid <> 'pg_catalog.pg_namespace'::regclass
    and (d.deptype in ('n', 'P') or d.deptype = 'a' and (
      d.classid = 'pg_catalog.pg_class'::regclass and d.objsubid > 0
      or d.classid = 'pg_catalog.pg_class'::regclass and d.refclassid = 'pg_catalog.pg_class'::regclass and d.refobjsubid = 0
        and d.objid in (select c.oid from pg_catalog.pg_class c where c.relispartition and c.relkind in ('r', 'p', 'f'))
      or d.classid in ('pg_catalog.pg_amop'::regclass, 'pg_catalog.pg_amproc'::regclass)
      or d.classid = 'pg_catalog.pg_opclass'::regclass and d.refclassid = 'pg_catalog.pg_opfamily'::regclass
      or d.classid = 'pg_catalog.pg_publication_rel'::regclass and d.refclassid = 'pg_catalog.pg_publication'::regclass
      or d.classid = 'pg_catalog.pg_trigger'::regclass and (d.objid, d.refobjid) in (select t.oid, t.tgconstrrelid from pg_catalog.pg_trigger t)))
    and not (d.refclassid = 'pg_catalog.pg_language'::regclass
      and d.refobjid in (select l.oid from pg_catalog.pg_language l where l.lanname in ('internal', 'c', 'sql', 'plpgsql')))
    -- A constraint and its own table; what partitions have of a foreign key of their parent's is no object.
    and (k.oid is null or not (d.refclassid = 'pg_catalog.pg_class'::regclass and d.refobjid = k.conrelid) and not (k.contype = 'f' and k.conparentid <> 0))
) as n
where (n.class, n.oid, n.sub) <> (n.on_class, n.on_oid, n.on_sub)
  and not exists (
    select from pg_catalog.pg_depend e
    where e.refclassid = 'pg_catalog.pg_extension'::regclass and e.deptype = 'e' and e.classid = n.class and e.objid = n.oid
  )
