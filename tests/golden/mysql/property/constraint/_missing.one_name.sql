-- A check and a foreign key do not share their names, so one is not the other under another type.
-- expect: constraint c.p missing
-- setup
create table p (id int primary key);
create table c (id int primary key, p int, key (p), constraint p foreign key (p) references p (id));
-- reference
alter table c add constraint p check (p > 0);
