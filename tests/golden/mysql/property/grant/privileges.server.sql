-- expect: grant global.*.app@localhost privileges: PROCESS -> PROCESS, RELOAD
-- in place
-- setup
create user app@localhost;
grant process on *.* to app@localhost;
-- candidate
grant reload on *.* to app@localhost;
