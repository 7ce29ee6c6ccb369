-- expect: sequence s maximum: 1000 -> 2000
-- setup
create sequence s maxvalue 1000;
-- candidate
alter sequence s maxvalue 2000;
