-- expect: grant column.t.id.app@localhost privileges
-- server
create user app@localhost;
-- setup
create table t (id int primary key);
grant select (id) on t to app@localhost;
-- candidate
grant update (id) on t to app@localhost;
