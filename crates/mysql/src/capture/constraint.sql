-- Check constraints. MariaDB names them within a table, and one of a column after the column; MySQL within a database.
select
    t.table_schema, -- mysql
    t.table_name, -- mysql
    t.constraint_name, -- mysql
    c.check_clause, -- mysql
    'Table', -- mysql
    t.enforced = 'YES' -- mysql
    c.constraint_schema, -- mariadb
    c.table_name, -- mariadb
    c.constraint_name, -- mariadb
    c.check_clause, -- mariadb
    c.level, -- mariadb
    1 -- mariadb
from information_schema.check_constraints c
    join information_schema.table_constraints t on t.constraint_schema = c.constraint_schema and t.constraint_name = c.constraint_name -- mysql
        and t.constraint_type = 'CHECK' -- mysql
where :own(c.constraint_schema)
