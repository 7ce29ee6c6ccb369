-- expect: language calc inline
-- reference
create language calc handler plpgsql_call_handler;
-- candidate
create language calc handler plpgsql_call_handler inline plpgsql_inline_handler;
