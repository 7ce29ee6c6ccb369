-- Triggers of the current database in the order in which they run.
-- Privileges: TRIGGER on the table, else the row is missing. Columns: table, name. MySQL 8.0+, MariaDB 10.6+.
select g.event_object_table, g.trigger_name
from information_schema.triggers g
where g.trigger_schema = database()
order by g.event_object_table, g.action_timing, g.event_manipulation, g.action_order
