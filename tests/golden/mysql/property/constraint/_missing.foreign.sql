-- expect: constraint c.c_p missing
-- setup
create table p (id int primary key);
create table c (id int primary key, p int, key c_p (p), constraint c_p foreign key (p) references p (id));
-- candidate
alter table c drop foreign key c_p;
