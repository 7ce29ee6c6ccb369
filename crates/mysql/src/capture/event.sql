-- Scheduled events. Shown with the privilege EVENT only. Their times are in the event's own time zone, whatever the session's.
select
    e.event_schema as `schema`,
    e.event_name as name,
    case e.event_type
        when 'ONE TIME' then concat('at ', e.execute_at)
        else concat('every ', e.interval_value, ' ', lower(e.interval_field))
    end as schedule,
    e.starts as starts,
    e.ends as ends,
    e.status as _status,
    e.on_completion = 'PRESERVE' as preserve,
    e.time_zone as time_zone,
    nullif(e.event_comment, '') as comment,
    e.event_definition as _body,
    e.sql_mode as _sql_mode,
    e.definer as _definer,
    e.character_set_client as _client,
    e.collation_connection as _connection,
    e.database_collation as _stored
from information_schema.events e
where :own(e.event_schema)
