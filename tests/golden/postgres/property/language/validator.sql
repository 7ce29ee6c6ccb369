-- expect: language calc validator
-- reference
create language calc handler plpgsql_call_handler;
-- candidate
create language calc handler plpgsql_call_handler validator plpgsql_validator;
