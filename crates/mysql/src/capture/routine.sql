-- Functions, procedures and packages. Shown to whoever may run or alter one; the body needs more (`routine.rs`).
select
    r.routine_schema as _schema,
    r.routine_name as _name,
    r.routine_type as _type,
    r.dtd_identifier as _returns,
    r.collation_name as _returns_collation,
    r.routine_definition as _body,
    coalesce(r.external_language, 'SQL') as _language,
    r.is_deterministic as _deterministic,
    lower(r.sql_data_access) as _data_access,
    lower(r.security_type) as _security,
    nullif(r.routine_comment, '') as _comment,
    r.sql_mode as _sql_mode,
    r.definer as _definer,
    r.character_set_client as _client,
    r.collation_connection as _connection,
    r.database_collation as _stored
from information_schema.routines r
where :own(r.routine_schema)
