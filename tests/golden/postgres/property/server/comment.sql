-- expect: server server comment
-- setup
select 1;
-- candidate
comment on database :"DBNAME" is 'the shop';
