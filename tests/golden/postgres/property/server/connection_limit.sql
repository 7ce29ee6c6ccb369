-- expect: server server connection_limit: -1 -> 7
-- candidate
alter database :"DBNAME" connection limit 7;
