-- expect: access-method heap2 type: table -> index
-- implies: access-method heap2 handler
-- reference
create access method heap2 type table handler heap_tableam_handler;
-- candidate
create access method heap2 type index handler bthandler;
