-- expect: conversion app.conv function
-- setup
create schema app;
do $$
begin
  if current_setting('server_version_num')::int < 140000 then
    create function app.own(integer, integer, cstring, internal, integer) returns void language c strict as '$libdir/utf8_and_iso8859_1', 'utf8_to_iso8859_1';
  else
    create function app.own(integer, integer, cstring, internal, integer, boolean) returns integer language c strict as '$libdir/utf8_and_iso8859_1', 'utf8_to_iso8859_1';
  end if;
end $$;
-- reference
create conversion app.conv for 'UTF8' to 'LATIN1' from utf8_to_iso8859_1;
-- candidate
create conversion app.conv for 'UTF8' to 'LATIN1' from app.own;
