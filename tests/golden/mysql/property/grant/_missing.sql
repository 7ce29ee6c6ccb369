-- expect: grant table.t.app@localhost extra
-- in place
-- setup
create user app@localhost;
create table t (id int primary key);
-- candidate
grant select on t to app@localhost;
