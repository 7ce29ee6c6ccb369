-- The server, and what new objects of the captured database get; of the server where all databases are captured. Privileges: none.
select
    'server' as what,
    coalesce(max(s.default_character_set_name), max(@@global.character_set_server)) as charset,
    coalesce(max(s.default_collation_name), max(@@global.collation_server)) as `collate`
from (select 1 as one) o
    left join information_schema.schemata s on s.schema_name = database()
