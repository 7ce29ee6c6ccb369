-- expect: extension pg_trgm comment
-- setup
create extension pg_trgm;
-- candidate
comment on extension pg_trgm is 'used by search';
