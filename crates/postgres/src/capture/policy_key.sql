-- Policies with expressions to print. Versions: 13 to 18. Privileges: none.
select p.oid
from pg_catalog.pg_policy p
where p.polqual is not null or p.polwithcheck is not null
