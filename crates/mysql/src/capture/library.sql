-- Stored libraries of code. MySQL from 9.2 on, with comments from 9.3 on. Shown to whoever may see routines (`routine.sql`).
-- https://dev.mysql.com/doc/refman/en/information-schema-libraries-table.html
select
    l.library_schema as `schema`,
    l.library_name as name,
    lower(l.language) as language,
    nullif(l.library_comment, '') as comment, -- mysql >=9.3
    l.library_definition as _body,
    l.sql_mode as _sql_mode,
    l.library_schema as _database
from information_schema.libraries l
where :own(l.library_schema)
