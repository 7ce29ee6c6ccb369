-- Which role is granted to whom. Privileges: SELECT on mysql.*. Columns: role, its host, member, its host, may grant it on.
select
    e.from_user, e.from_host, e.to_user, e.to_host, e.with_admin_option -- mysql
    m.role, '', m.user, m.host, m.admin_option -- mariadb
from
    mysql.role_edges e -- mysql
    mysql.roles_mapping m -- mariadb
