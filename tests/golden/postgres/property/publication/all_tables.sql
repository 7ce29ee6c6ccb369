-- expect: publication feed all_tables: no -> yes
-- reference
create publication feed;
-- candidate
create publication feed for all tables;
