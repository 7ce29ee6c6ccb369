-- Functions out of a library, for the whole server. Those a component brings have no library: they come and go with it.
select
    f.udf_name as _name, -- mysql
    f.udf_library as _library, -- mysql
    lower(f.udf_return_type) as _returns, -- mysql
    f.udf_type = 'aggregate' as _aggregate -- mysql
    f.name as _name, -- mariadb
    f.dl as _library, -- mariadb
    case f.ret when 0 then 'char' when 1 then 'double' when 2 then 'integer' when 4 then 'decimal' end as _returns, -- mariadb
    f.type = 'aggregate' as _aggregate -- mariadb
from performance_schema.user_defined_functions f -- mysql
from mysql.func f -- mariadb
where coalesce(f.udf_library, '') <> '' -- mysql
