-- expect: conversion app.conv default: no -> yes
-- setup
create schema app;
-- reference
create conversion app.conv for 'UTF8' to 'LATIN1' from utf8_to_iso8859_1;
-- candidate
create default conversion app.conv for 'UTF8' to 'LATIN1' from utf8_to_iso8859_1;
