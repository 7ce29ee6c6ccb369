-- expect: extension pg_trgm schema: public -> app
-- setup
create schema app;
-- reference
create extension pg_trgm;
-- candidate
create extension pg_trgm schema app;
