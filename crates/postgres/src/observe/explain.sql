-- Has the server say of statements on this database why they write a relation anew: each session keeps what was said of its own.
-- `table_rewrite` comes before the work, for ALTER TABLE and its kin alone. The function is among the server's own, where no capture
-- looks; the trigger fires also where `session_replication_role` keeps others from it.
-- Versions: 13 to 18. Privileges: superuser. Rows: none.
CREATE OR REPLACE FUNCTION pg_catalog.evenkeel_rewritten() RETURNS event_trigger LANGUAGE plpgsql AS $function$
BEGIN
    PERFORM pg_catalog.set_config(
        'evenkeel.rewritten',
        pg_catalog.concat(
            pg_catalog.current_setting('evenkeel.rewritten', true), ' ',
            pg_catalog.pg_event_trigger_table_rewrite_oid(), ':', pg_catalog.pg_event_trigger_table_rewrite_reason()
        ),
        false
    );
END
$function$;
CREATE EVENT TRIGGER evenkeel_rewritten ON table_rewrite EXECUTE FUNCTION pg_catalog.evenkeel_rewritten();
ALTER EVENT TRIGGER evenkeel_rewritten ENABLE ALWAYS
