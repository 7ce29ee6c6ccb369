-- A check and a foreign key do not share their names, so one is not the other under another type.
-- expect: constraint c.p missing
-- setup, mysql
create table p (id int primary key);
create table c (id int primary key, p int, key (p), constraint p foreign key (p) references p (id), constraint p check (p > 0));
-- setup, mariadb
create table p (id int primary key);
create table c (id int primary key, p int check (p > 0), key (p), constraint p foreign key (p) references p (id));
-- candidate, mysql
alter table c drop check p;
-- candidate, mariadb
alter table c modify p int;
