-- Which routines use libraries. MySQL from 9.2 on. By what name they do is told by SHOW CREATE alone.
-- https://dev.mysql.com/doc/refman/en/information-schema-routine-libraries-table.html
select distinct
    r.routine_schema as _schema,
    r.routine_name as _name,
    r.routine_type as _type
from information_schema.routine_libraries r
where r.routine_type in ('FUNCTION', 'PROCEDURE') and :own(r.routine_schema)
