-- expect: sequence s cycle: no -> yes
-- setup
create sequence s;
-- candidate
alter sequence s cycle;
