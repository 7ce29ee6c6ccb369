-- expect: extension pg_trgm missing
-- with: 1 owner
-- implies: extension-version pg_trgm missing
-- reference
create extension pg_trgm;
