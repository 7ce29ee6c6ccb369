-- Accounts and roles with their attributes; never a password or its hash. MySQL 8.0+, MariaDB 10.5+.
-- Privileges: SELECT on mysql.*.
-- MySQL makes a role as a locked account without a password that has expired; MariaDB says which are roles.
-- https://dev.mysql.com/doc/refman/en/create-role.html, https://mariadb.com/docs/server/reference/system-tables/the-mysql-database-tables/mysql-global_priv-table
-- Plugins and limits are a line each, plugins of further factors JSON.
select
    u.user as _user,
    u.host as _host,
    u.account_locked = 'Y' and u.password_expired = 'Y' and u.authentication_string = '' as _is_role, -- mysql
    u.account_locked as _locked, -- mysql
    u.is_role as _is_role, -- mariadb
    coalesce(json_value(g.priv, '$.account_locked'), 0) as _locked, -- mariadb
    u.password_expired as _expired,
    u.plugin as _plugins, -- mysql
    json_extract(u.user_attributes, '$.multi_factor_authentication[*].plugin') as _factors, -- mysql
    -- Several ways to prove who one is: the place of the account's own plugin in that list is an empty object.
    if(json_exists(g.priv, '$.auth_or'), concat_ws('\n', -- mariadb
        if(json_exists(g.priv, '$.auth_or[0]'), coalesce(json_value(g.priv, '$.auth_or[0].plugin'), u.plugin), null), -- mariadb
        if(json_exists(g.priv, '$.auth_or[1]'), coalesce(json_value(g.priv, '$.auth_or[1].plugin'), u.plugin), null), -- mariadb
        if(json_exists(g.priv, '$.auth_or[2]'), coalesce(json_value(g.priv, '$.auth_or[2].plugin'), u.plugin), null), -- mariadb
        if(json_exists(g.priv, '$.auth_or[3]'), coalesce(json_value(g.priv, '$.auth_or[3].plugin'), u.plugin), null), -- mariadb
        if(json_exists(g.priv, '$.auth_or[4]'), 'and more', null)), u.plugin) as _plugins, -- mariadb
    null as _factors, -- mariadb
    nullif(u.max_user_connections, 0) as _connections,
    lower(nullif(u.ssl_type, '')) as _tls,
    concat_ws('\n',
        if(u.max_connections > 0, concat('max_connections_per_hour=', u.max_connections), null),
        if(u.max_questions > 0, concat('max_queries_per_hour=', u.max_questions), null),
        if(u.max_statement_time > 0, concat('max_statement_time=', u.max_statement_time), null), -- mariadb
        if(u.max_updates > 0, concat('max_updates_per_hour=', u.max_updates), null)) as _limits,
    null as _default_role, -- mysql
    nullif(u.default_role, '') as _default_role, -- mariadb
    json_unquote(json_extract(u.user_attributes, '$.metadata.comment')) as _comment -- mysql
    null as _comment -- mariadb
from mysql.user u
    left join mysql.global_priv g on g.user = u.user and g.host = u.host -- mariadb
