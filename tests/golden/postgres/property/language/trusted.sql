-- expect: language calc trusted: no -> yes
-- reference
create language calc handler plpgsql_call_handler;
-- candidate
create trusted language calc handler plpgsql_call_handler;
