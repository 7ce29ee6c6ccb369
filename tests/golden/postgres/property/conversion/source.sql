-- expect: conversion app.conv source: LATIN1 -> LATIN2
-- implies: conversion app.conv function
-- setup
create schema app;
-- reference
create conversion app.conv for 'LATIN1' to 'UTF8' from iso8859_1_to_utf8;
-- candidate
create conversion app.conv for 'LATIN2' to 'UTF8' from iso8859_to_utf8;
