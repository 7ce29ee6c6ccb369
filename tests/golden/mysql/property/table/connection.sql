-- The place holds a password, so only that there is one is compared.
-- expect: table t connection: nothing -> set
-- setup
create table t (id int primary key);
-- candidate
alter table t connection = 'mysql://user:secret@127.0.0.1:1/x/t';
