-- expect: extension-version pg_trgm version: 1.5 -> 1.4
-- reference
create extension pg_trgm version '1.5';
-- candidate
create extension pg_trgm version '1.4';
