-- Members of the replication group. Privileges: SELECT on the table.
select count(*)
from performance_schema.replication_group_members m
where m.member_state <> 'OFFLINE'
