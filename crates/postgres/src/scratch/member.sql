-- Makes a role a member of every other that is no superuser: with what `hand_over.sql` gives away, it may what the superuser that made the
-- server may in its databases, and nothing beyond. `{role}` is its name as a literal, `{not}` another that it is no member of.
-- Versions: 13 to 18. Privileges: superuser. Only on throwaway servers.
DO $member$
DECLARE
    heir CONSTANT text := {role};
    r record;
BEGIN
    FOR r IN
        SELECT rolname FROM pg_catalog.pg_roles WHERE NOT rolsuper AND rolname !~ '^pg_' AND rolname NOT IN (heir, {not})
          AND NOT pg_catalog.pg_has_role(heir, oid, 'MEMBER')
          AND NOT pg_catalog.pg_has_role(oid, heir, 'MEMBER')
    LOOP
        EXECUTE pg_catalog.format('GRANT %I TO %I', r.rolname, heir);
    END LOOP;
END
$member$
