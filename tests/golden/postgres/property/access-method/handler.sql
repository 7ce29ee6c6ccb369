-- expect: access-method heap2 handler
-- setup
create schema app;
create function app.own(internal) returns table_am_handler language internal as 'heap_tableam_handler';
-- reference
create access method heap2 type table handler heap_tableam_handler;
-- candidate
create access method heap2 type table handler app.own;
