-- Functions and procedures with a SQL-standard body. Versions: 13 to 18; such bodies from 14 on. Privileges: none.
select p.oid
from pg_catalog.pg_proc p
where p.prosqlbody is not null and p.oid >= 16384 -- >=14
where false -- <14
