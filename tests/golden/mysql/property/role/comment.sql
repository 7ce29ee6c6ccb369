-- only on: mysql
-- expect: role "app@localhost" comment: nothing -> the shop
-- in place
-- setup
create user app@localhost;
-- candidate
alter user app@localhost comment 'the shop';
