-- Takes from every role but the superuser that made the server what leads beyond its databases: files, programs, other roles' rights.
-- Versions: 13 to 18. Privileges: superuser. Only on throwaway servers.
DO $tame$
DECLARE
    r record;
BEGIN
    FOR r IN
        SELECT rolname
        FROM pg_catalog.pg_roles
        WHERE oid <> 10 AND rolname !~ '^pg_' AND (rolsuper OR rolreplication OR rolcreaterole OR rolcreatedb)
    LOOP
        EXECUTE pg_catalog.format('ALTER ROLE %I NOSUPERUSER NOREPLICATION NOCREATEROLE NOCREATEDB', r.rolname);
    END LOOP;
    FOR r IN
        SELECT g.rolname AS given, m.rolname AS member
        FROM pg_catalog.pg_auth_members AS a
        JOIN pg_catalog.pg_roles AS g ON g.oid = a.roleid
        JOIN pg_catalog.pg_roles AS m ON m.oid = a.member
        WHERE (g.oid = 10 OR g.rolname IN ('pg_read_server_files', 'pg_write_server_files', 'pg_execute_server_program'))
          AND m.oid <> 10 AND m.rolname !~ '^pg_'
    LOOP
        EXECUTE pg_catalog.format('REVOKE %I FROM %I CASCADE', r.given, r.member);
    END LOOP;
END
$tame$
