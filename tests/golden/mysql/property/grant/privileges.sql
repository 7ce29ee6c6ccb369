-- expect: grant table.t.app@localhost privileges: SELECT -> INSERT, SELECT
-- server
create user app@localhost;
-- setup
create table t (id int primary key);
grant select on t to app@localhost;
-- candidate
grant insert on t to app@localhost;
