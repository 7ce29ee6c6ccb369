-- Views. MySQL's list lacks the algorithm, which `view.rs` asks for. Shown to whoever holds any privilege on one; the query
-- only with SHOW VIEW.
select
    v.table_schema as `schema`,
    v.table_name as name,
    v.table_schema as _database,
    v.view_definition as _definition,
    lower(v.security_type) as security,
    nullif(lower(v.check_option), 'none') as check_option,
    lower(v.algorithm) as algorithm, -- mariadb
    v.definer as _definer,
    v.character_set_client as _client,
    v.collation_connection as _connection,
    null as _stored
from information_schema.views v
where :own(v.table_schema)
