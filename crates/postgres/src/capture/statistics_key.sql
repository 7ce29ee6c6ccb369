-- Statistics objects with expressions to print. Versions: 14 to 18. Privileges: none.
select s.oid
from pg_catalog.pg_statistic_ext s
where s.stxexprs is not null -- >=14
where false -- <14
