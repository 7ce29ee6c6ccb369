-- expect: role "app@localhost" limits: nothing -> max_queries_per_hour=7
-- in place
-- setup
create user app@localhost;
-- candidate
alter user app@localhost with max_queries_per_hour 7;
