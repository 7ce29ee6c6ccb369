-- expect: tablespace elsewhere comment: nothing -> an old friend
-- in place
-- candidate
comment on tablespace elsewhere is 'an old friend';
-- cleanup
comment on tablespace elsewhere is null;
