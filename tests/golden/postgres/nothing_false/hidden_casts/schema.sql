-- Special spellings hide implicit casts that calls show: 13 prints btrim((v)::text), newer ones TRIM(BOTH FROM v).
create table names (v varchar(40), c char(3), d date, check (trim(v) <> ''));
create view parts as select substring(v from 1 for 2) as a, substring(c from 2) as b, position('x' in v) as p from names;
create view overlapping as select (d, d) overlaps (d, interval '1 day') as o from names;
create view moved as select d at time zone 'utc' as t from names;
-- Casts that were written are the same everywhere.
create view written as select trim(v::text) as a, substring(v::text from 1 for 2) as b from names;
