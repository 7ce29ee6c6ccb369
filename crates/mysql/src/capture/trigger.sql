-- Triggers. Shown with the privilege TRIGGER only.
select
    t.event_object_schema as `schema`,
    t.event_object_table as `table`,
    t.trigger_name as name,
    lower(t.action_timing) as timing,
    lower(t.event_manipulation) as events,
    t.action_order as `rank`,
    t.action_statement as _body,
    t.sql_mode as _sql_mode,
    t.definer as _definer,
    t.character_set_client as _client,
    t.collation_connection as _connection,
    t.database_collation as _stored
from information_schema.triggers t
where :own(t.event_object_schema)
