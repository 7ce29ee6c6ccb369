-- Check constraints. MariaDB names them within a table, and one of a column after the column; MySQL within a database.
select
    t.table_schema as _schema, -- mysql
    t.table_name as _table, -- mysql
    t.constraint_name as _name, -- mysql
    c.check_clause as _clause, -- mysql
    'Table' as _level, -- mysql
    t.enforced = 'YES' as _enforced -- mysql
    c.constraint_schema as _schema, -- mariadb
    c.table_name as _table, -- mariadb
    c.constraint_name as _name, -- mariadb
    c.check_clause as _clause, -- mariadb
    c.level as _level, -- mariadb
    1 as _enforced -- mariadb
from information_schema.check_constraints c
    join information_schema.table_constraints t on t.constraint_schema = c.constraint_schema and t.constraint_name = c.constraint_name -- mysql
        and t.constraint_type = 'CHECK' -- mysql
where :own(c.constraint_schema)
