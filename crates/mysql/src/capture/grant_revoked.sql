-- Partial revokes: privileges on the server that do not hold in a database. MySQL. Privileges: SELECT on mysql.*.
-- https://dev.mysql.com/doc/refman/en/partial-revokes.html
-- Columns: user, host, database, privilege.
select u.user, u.host, r.db, r.privilege
from mysql.user u,
    json_table(u.user_attributes, '$.Restrictions[*]' columns (
        db varchar(64) path '$.Database',
        nested path '$.Privileges[*]' columns (privilege varchar(64) path '$'))) r
where :own(r.db)
