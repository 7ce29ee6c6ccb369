-- expect: access-method heap2 missing
-- setup
create access method heap2 type table handler heap_tableam_handler;
-- candidate
drop access method heap2;
