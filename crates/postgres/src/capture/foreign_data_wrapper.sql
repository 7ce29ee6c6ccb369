-- Foreign-data wrappers. Versions: 13 to 18. Privileges: none. Values of options are kept only where they cannot be secret.
select 'pg_foreign_data_wrapper'::text as _classid, w.oid as _oid, w.fdwname as name,
  regexp_replace(nullif(w.fdwhandler::oid, 0)::regprocedure::text, '^("([^"]|"")*"|[^."(]*)\(.*\)$', '\1') as handler,
  regexp_replace(nullif(w.fdwvalidator::oid, 0)::regprocedure::text, '^("([^"]|"")*"|[^."(]*)\(.*\)$', '\1') as validator,
  w.fdwoptions as options
from pg_catalog.pg_foreign_data_wrapper w
