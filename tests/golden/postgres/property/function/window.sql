-- expect: function app.f() window: no -> yes
-- setup
create schema app;
-- reference
create function app.f() returns bigint language internal as 'window_row_number';
-- candidate
create function app.f() returns bigint language internal window as 'window_row_number';
