-- The global value of every variable that has one, with its type and where it was set. Needs no privilege.
-- MariaDB: any session's SET SESSION, ours too, leaves SQL as the origin of the global value; then the origin is told
-- only where the value is the default still.
-- MySQL: what SET PERSIST and PERSIST_ONLY wrote is in force after the next start. A variable that is no text has a largest value; one of words has none, like one of text.
select
    lower(g.variable_name) as _name, -- mysql
    g.variable_value as _value, -- mysql
    case -- mysql
        when i.max_value regexp '^[0-9.]+$' and i.max_value <> '0' and g.variable_value regexp '^-?[0-9.]+$' then 'number' -- mysql
        when g.variable_value in ('ON', 'OFF') then 'switch' -- mysql
        else 'text' -- mysql
    end as _form, -- mysql
    lower(i.variable_source) as _origin, -- mysql
    i.variable_path as _path, -- mysql
    if(@@global.persisted_globals_load, p.variable_value, null) as _persisted -- mysql
from performance_schema.global_variables g -- mysql
left join performance_schema.variables_info i on i.variable_name = g.variable_name -- mysql
left join performance_schema.persisted_variables p on p.variable_name = g.variable_name -- mysql
    lower(v.variable_name) as _name, -- mariadb
    v.global_value as _value, -- mariadb
    case -- mariadb
        when v.variable_type = 'BOOLEAN' then 'switch' -- mariadb
        when v.variable_type in ('ENUM', 'SET', 'FLAGSET') then 'words' -- mariadb
        when v.variable_type = 'VARCHAR' then 'text' -- mariadb
        else 'number' -- mariadb
    end as _form, -- mariadb
    case -- mariadb
        when v.global_value_origin <> 'SQL' then lower(v.global_value_origin) -- mariadb
        when v.global_value = v.default_value then 'compile-time' -- mariadb
    end as _origin, -- mariadb
    v.global_value_path as _path, -- mariadb
    null as _persisted -- mariadb
from information_schema.system_variables v -- mariadb
where v.global_value is not null -- mariadb
