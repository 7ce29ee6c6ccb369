-- Units and types of settings, for the values that functions keep as they were typed.
-- Versions: 13 to 18. Privileges: none; superusers' settings are hidden, and stay as they were typed.
select s.name, s.unit, s.vartype
from pg_catalog.pg_settings s
