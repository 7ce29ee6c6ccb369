-- The global value of every variable that has one, with its type and where it was set. Needs no privilege.
-- MariaDB: any session's SET SESSION, ours too, leaves SQL as the origin of the global value; then the origin is told
-- only where the value is the default still.
-- MySQL: a variable that is no text has a largest value; one of words has none, like one of text.
select
    lower(g.variable_name), -- mysql
    g.variable_value, -- mysql
    case -- mysql
        when i.max_value regexp '^[0-9.]+$' and i.max_value <> '0' and g.variable_value regexp '^-?[0-9.]+$' then 'number' -- mysql
        when g.variable_value in ('ON', 'OFF') then 'switch' -- mysql
        else 'text' -- mysql
    end, -- mysql
    lower(i.variable_source), -- mysql
    i.variable_path -- mysql
from performance_schema.global_variables g -- mysql
left join performance_schema.variables_info i on i.variable_name = g.variable_name -- mysql
    lower(v.variable_name), -- mariadb
    v.global_value, -- mariadb
    case -- mariadb
        when v.variable_type = 'BOOLEAN' then 'switch' -- mariadb
        when v.variable_type in ('ENUM', 'SET', 'FLAGSET') then 'words' -- mariadb
        when v.variable_type = 'VARCHAR' then 'text' -- mariadb
        else 'number' -- mariadb
    end, -- mariadb
    case -- mariadb
        when v.global_value_origin <> 'SQL' then lower(v.global_value_origin) -- mariadb
        when v.global_value = v.default_value then 'compile-time' -- mariadb
    end, -- mariadb
    v.global_value_path -- mariadb
from information_schema.system_variables v -- mariadb
where v.global_value is not null -- mariadb
