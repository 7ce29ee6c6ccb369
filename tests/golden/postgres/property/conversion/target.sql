-- expect: conversion app.conv target: LATIN1 -> LATIN2
-- implies: conversion app.conv function
-- setup
create schema app;
-- reference
create conversion app.conv for 'UTF8' to 'LATIN1' from utf8_to_iso8859_1;
-- candidate
create conversion app.conv for 'UTF8' to 'LATIN2' from utf8_to_iso8859;
