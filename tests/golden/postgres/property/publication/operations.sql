-- expect: publication feed operations: insert, update, delete, truncate -> insert
-- setup
create publication feed;
-- candidate
alter publication feed set (publish = 'insert');
