-- Storage parameters of TOAST tables, where any are set.
-- Versions: 13 to 18. Privileges: none. Columns: oid of the TOAST table, options.
select c.oid, c.reloptions
from pg_catalog.pg_class c
where c.relkind = 't' and c.reloptions is not null
