-- expect: table t periods: nothing -> valid(a, b)
-- setup
create table t (id int primary key, a date not null, b date not null);
-- candidate
alter table t add period for valid(a, b);
