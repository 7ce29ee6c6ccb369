-- expect: conversion app.conv missing
-- with: 1 owner
-- setup
create schema app;
create conversion app.conv for 'UTF8' to 'LATIN1' from utf8_to_iso8859_1;
-- candidate
drop conversion app.conv;
