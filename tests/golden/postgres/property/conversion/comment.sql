-- expect: conversion app.conv comment: nothing -> an old friend
-- setup
create schema app;
create conversion app.conv for 'UTF8' to 'LATIN1' from utf8_to_iso8859_1;
-- candidate
comment on conversion app.conv is 'an old friend';
