-- expect: sequence s start: 1 -> 5
-- setup
create sequence s;
-- candidate
alter sequence s start with 5;
