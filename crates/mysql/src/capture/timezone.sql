-- Loaded time zones by name, and their rules, in a form that does not depend on the order they were loaded in. The copies
-- with other names (posix/, right/) are left out. Privileges: SELECT on the four tables.
-- https://dev.mysql.com/doc/refman/en/time-zone-support.html
select count(distinct r.name), sum(cast(conv(left(sha2(concat_ws('|', r.name, r.at, r.offset, r.is_dst, r.abbreviation), 256), 12), 16, 10) as unsigned))
from (
    select n.name, t.transition_time as at, y.offset, y.is_dst, y.abbreviation
    from mysql.time_zone_name n
        join mysql.time_zone_transition t on t.time_zone_id = n.time_zone_id
        join mysql.time_zone_transition_type y on y.time_zone_id = t.time_zone_id and y.transition_type_id = t.transition_type_id
    where n.name not like 'posix/%' and n.name not like 'right/%' and n.name <> 'posixrules'
    union all
    select n.name, 'always', y.offset, y.is_dst, y.abbreviation
    from mysql.time_zone_name n
        join mysql.time_zone_transition_type y on y.time_zone_id = n.time_zone_id
    where n.name not like 'posix/%' and n.name not like 'right/%' and n.name <> 'posixrules'
) r
