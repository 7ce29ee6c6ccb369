-- expect: sequence s increment: 1 -> 2
-- setup
create sequence s;
-- candidate
alter sequence s increment by 2;
