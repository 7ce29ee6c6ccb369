-- expect: grant server.server.PUBLIC revoked: no -> yes
-- implies: grant server.server.PUBLIC privileges
-- setup
grant create on database :"DBNAME" to public;
-- candidate
revoke temporary on database :"DBNAME" from public;
