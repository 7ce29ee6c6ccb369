-- expect: language calc missing
-- with: 1 owner
-- setup
create language calc handler plpgsql_call_handler;
-- candidate
drop language calc;
