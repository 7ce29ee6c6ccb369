-- Settings as new sessions get them (reset_val), never the values this session set for itself.
-- Versions: 13 to 18. Privileges: pg_read_all_settings, else some rows and the source files are hidden.
select ''::text as _classid, 0::oid as _oid, s.name, s.reset_val as value, s.unit as _unit, s.vartype as _vartype, s.source, s.context as _context, s.pending_restart
from pg_catalog.pg_settings s
