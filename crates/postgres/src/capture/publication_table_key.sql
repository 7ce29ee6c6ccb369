-- Published tables with a filter to print. Versions: 13 to 18; filters from 15 on. Privileges: none.
select r.oid
from pg_catalog.pg_publication_rel r
where r.prqual is not null -- >=15
where false -- <15
