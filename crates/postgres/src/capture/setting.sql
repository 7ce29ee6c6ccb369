-- Settings as new sessions get them (reset_val), never the values this session set for itself. Run after RESET ALL inside
-- a savepoint, so that `source` is that of the reset value too.
-- Versions: 13 to 18. Privileges: pg_read_all_settings, else rows of superusers' settings and the source files are hidden.
-- Columns: name, reset_val, unit, vartype, category, source, boot_val, pending_restart.
select s.name, s.reset_val as reset, s.unit, s.vartype, s.category, s.source, s.boot_val as boot, s.pending_restart
from pg_catalog.pg_settings s
order by s.name
