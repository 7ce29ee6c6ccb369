-- expect: schema app missing
-- with: 1 owner
-- reference
create schema app;
