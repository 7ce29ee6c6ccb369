-- expect: role reader valid_until
-- in place
-- setup
create role reader;
-- candidate
alter role reader valid until '2027-01-01 00:00+00';
