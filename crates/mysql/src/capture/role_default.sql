-- Roles that are active when an account connects, MySQL; MariaDB has one, in mysql.user. Privileges: SELECT on mysql.*.
-- Columns: user, host, role, its host.
select d.user, d.host, d.default_role_user, d.default_role_host from mysql.default_roles d
