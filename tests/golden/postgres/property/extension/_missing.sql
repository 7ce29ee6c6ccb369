-- expect: extension pg_trgm missing
-- with: 1 extension-version, 1 owner
-- reference
create extension pg_trgm;
