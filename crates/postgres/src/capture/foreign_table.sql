-- Server and options of foreign tables. Versions: 13 to 18. Privileges: none.
select f.ftrelid as oid, s.srvname as server, f.ftoptions as options
from pg_catalog.pg_foreign_table f
join pg_catalog.pg_foreign_server s on s.oid = f.ftserver
