-- The node that was asked. Privileges: none.
select
    'node' as what,
    @@global.log_bin as binary_log,
    cast(@@global.read_only as char) not in ('0', 'OFF') as read_only,
    @@global.gtid_executed as _executed, -- mysql
    1 as _one
