-- When things of the current database were made or changed, and whose they are. Privileges: what the account may not see is not listed.
-- Columns: the sort, the name, the moment in the session's time zone, the account that it runs as. MySQL 8.0+, MariaDB 10.5+.
select 'relation' as sort, t.table_name as name, cast(t.create_time as char) as made, null as whose
from information_schema.tables t
where t.table_schema = database() and t.create_time is not null
union all
select 'view', v.table_name, null, v.definer
from information_schema.views v
where v.table_schema = database()
union all
select 'routine', r.routine_name, cast(r.last_altered as char), r.definer
from information_schema.routines r
where r.routine_schema = database()
union all
select 'trigger', t.trigger_name, cast(t.created as char), t.definer
from information_schema.triggers t
where t.trigger_schema = database()
union all
select 'event', e.event_name, cast(e.last_altered as char), e.definer
from information_schema.events e
where e.event_schema = database()
