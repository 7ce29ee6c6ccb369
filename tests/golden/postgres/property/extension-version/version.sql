-- expect: extension-version pg_trgm version
-- reference
create extension pg_trgm version '1.4';
-- candidate
create extension pg_trgm version '1.5';
