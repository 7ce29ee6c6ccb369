-- Databases with their defaults. Shown to whoever holds any privilege in them. MySQL 8.0+, MariaDB 10.5+.
select
    s.schema_name as `schema`,
    s.default_collation_name as collation,
    s.default_encryption = 'YES' as encrypted, -- mysql
    x.options like '%READ ONLY=1%' as read_only, -- mysql
    nullif(s.schema_comment, '') as comment, -- mariadb
    case @@global.lower_case_table_names when 1 then 'lower' when 2 then 'ignored' end as name_case,
    1 as _one
from information_schema.schemata s
    left join information_schema.schemata_extensions x on x.schema_name = s.schema_name -- mysql
where :own(s.schema_name)
