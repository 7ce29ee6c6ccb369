-- expect: language calc missing
-- setup
create language calc handler plpgsql_call_handler;
-- candidate
drop language calc;
