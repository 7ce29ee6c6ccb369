-- expect: grant database.(this database).PUBLIC revoked: no -> yes
-- implies: grant database.(this database).PUBLIC privileges
-- setup
grant create on database :"DBNAME" to public;
-- candidate
revoke temporary on database :"DBNAME" from public;
