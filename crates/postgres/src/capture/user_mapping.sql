-- User mappings: that they exist. The view shows every row to everybody and options only to some; options are not read.
-- Versions: 13 to 18. Privileges: none.
select 'pg_user_mapping'::text as _classid, u.umid as _oid, u.srvname as server, case when u.umuser = 0 then 'PUBLIC' else u.usename::text end as "user"
from pg_catalog.pg_user_mappings u
