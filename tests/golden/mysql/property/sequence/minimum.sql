-- expect: sequence s minimum: 5 -> 1
-- setup
create sequence s minvalue 5 start with 10;
-- candidate
alter sequence s minvalue 1;
