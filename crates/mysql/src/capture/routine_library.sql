-- Which routines use which libraries. MySQL from 9.2 on. By what name they do is told by SHOW CREATE alone.
-- https://dev.mysql.com/doc/refman/en/information-schema-routine-libraries-table.html
-- Columns: database, routine, type, database of the library, library.
select r.routine_schema, r.routine_name, r.routine_type, r.library_schema, r.library_name from information_schema.routine_libraries r
where r.routine_type in ('FUNCTION', 'PROCEDURE') and :own(r.routine_schema)
order by 1, 2, 3, 4, 5
