-- expect: sequence s cache: 1000 -> 10
-- setup
create sequence s;
-- candidate
alter sequence s cache 10;
