-- expect: schema app missing
-- reference
create schema app;
