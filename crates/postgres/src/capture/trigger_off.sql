-- Constraints whose internal triggers do not fire in ordinary sessions (DISABLE TRIGGER ALL leaves them so).
-- Versions: 13 to 18. Privileges: none. Columns: constraint.
select distinct t.tgconstraint
from pg_catalog.pg_trigger t
where t.tgisinternal and t.tgconstraint <> 0 and t.tgenabled in ('D', 'R')
