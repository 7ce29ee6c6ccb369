-- expect: foreign-server far comment: nothing -> an old friend
-- setup
create foreign data wrapper files;
create server far foreign data wrapper files;
-- candidate
comment on server far is 'an old friend';
