-- expect: grant table.t.app@localhost grantable: nothing -> SELECT
-- in place
-- setup
create user app@localhost;
create table t (id int primary key);
grant select on t to app@localhost;
-- candidate
grant select on t to app@localhost with grant option;
