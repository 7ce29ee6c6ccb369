-- Tablespaces made by users. Versions: 13 to 18. Privileges: none.
select 'pg_tablespace'::text as _classid, t.oid as _oid, t.spcname as name,
  (select array_agg(o order by o) from unnest(t.spcoptions) as o) as options
from pg_catalog.pg_tablespace t
where t.spcname !~ '^pg_'
