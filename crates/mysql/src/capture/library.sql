-- Stored libraries of code. MySQL from 9.2 on. Shown to whoever may see routines (`routine.sql`).
-- https://dev.mysql.com/doc/refman/en/information-schema-libraries-table.html
-- Columns: database, library.
select l.library_schema, l.library_name from information_schema.libraries l
where :own(l.library_schema)
order by 1, 2
