-- Triggers with a condition to print. Versions: 13 to 18. Privileges: none.
select t.oid
from pg_catalog.pg_trigger t
where t.tgqual is not null
