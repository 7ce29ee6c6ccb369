-- Tables of the current database that hold rows of their own, and sequences; views are none.
-- Privileges: any on the table, else the row is missing. Columns: name, sort, engine. MySQL 8.0+, MariaDB 10.6+.
-- https://mariadb.com/docs/server/reference/system-tables/information-schema/information-schema-tables/information-schema-tables-table
select t.table_name, t.table_type, t.engine
from information_schema.tables t
where t.table_schema = database() and t.table_type in ('BASE TABLE', 'SYSTEM VERSIONED', 'SEQUENCE')
order by t.table_name
