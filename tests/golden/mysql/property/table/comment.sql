-- expect: table t comment: nothing -> it's an old friend
-- setup
create table t (id int primary key);
-- candidate
alter table t comment = 'it''s an old friend';
