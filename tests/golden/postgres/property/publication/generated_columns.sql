-- expect: publication feed generated_columns: none -> stored
-- setup
create publication feed;
-- candidate
alter publication feed set (publish_generated_columns = stored);
