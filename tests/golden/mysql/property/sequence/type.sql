-- Since 11.5 a sequence may be of another type than bigint.
-- since: 11.5
-- expect: sequence s type: bigint -> int
-- reference
create sequence s maxvalue 100;
-- candidate
create sequence s as int maxvalue 100;
