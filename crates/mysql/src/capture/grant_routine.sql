-- Privileges on routines: a set of names, of which Grant is the right to pass on the others. Privileges: SELECT on mysql.*.
-- Columns: type, database, routine, user, host, privileges.
select lower(p.routine_type), p.db, p.routine_name, p.user, p.host, p.proc_priv from mysql.procs_priv p
where :own(p.db)
