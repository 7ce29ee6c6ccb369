-- EXTRACT is date_part, which gives double precision, before 14, and a function of its own, which gives numeric, since.
create table dated (d date, ts timestamptz, tz timestamp, iv interval, e numeric default extract(epoch from now()),
  check (extract(year from d) > 2000));
create index dated_year on dated ((extract(year from tz)::int));
create view numbers as select extract(year from ts) as a, floor(extract(epoch from ts - ts) / 60) as b, extract(hour from tz) * 1.5 as c,
  extract(isodow from d) in (1, 2) as d from dated;
create function since(year int default extract(year from now())::int) returns int language sql as 'select 1';
create table parts (tz timestamp) partition by range (extract(year from tz));
-- Not touched by it: the old function under its own name, and other forms beside it.
create view parted as select date_part('year', ts) as a, trim(ts::text) as b from dated;
