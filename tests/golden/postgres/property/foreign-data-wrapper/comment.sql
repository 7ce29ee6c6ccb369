-- expect: foreign-data-wrapper files comment: nothing -> an old friend
-- setup
create foreign data wrapper files;
-- candidate
comment on foreign data wrapper files is 'an old friend';
