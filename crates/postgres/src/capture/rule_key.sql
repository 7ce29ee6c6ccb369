-- Rules to print. Versions: 13 to 18. Privileges: none.
select r.oid
from pg_catalog.pg_rewrite r
join pg_catalog.pg_class c on c.oid = r.ev_class
where r.oid >= 16384 and not (r.rulename = '_RETURN' and c.relkind in ('v', 'm'))
