-- Constraints whose internal triggers do not fire in ordinary sessions (DISABLE TRIGGER ALL leaves them so), and those they
-- come from.
-- Versions: 13 to 18. Privileges: none. Columns: constraint.
with recursive off as (
  select t.tgconstraint as oid
  from pg_catalog.pg_trigger t
  where t.tgisinternal and t.tgconstraint <> 0 and t.tgenabled in ('D', 'R')
  union
  select c.conparentid from off join pg_catalog.pg_constraint c on c.oid = off.oid where c.conparentid <> 0
)
select o.oid from off o
