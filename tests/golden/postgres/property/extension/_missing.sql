-- expect: extension pg_trgm missing
-- reference
create extension pg_trgm;
