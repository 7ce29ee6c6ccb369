-- expect: constraint c.c_p references: p -> q
-- setup
create table p (id int primary key);
create table q (id int primary key);
create table c (id int primary key, p int, key (p));
-- reference
alter table c add constraint c_p foreign key (p) references p (id);
-- candidate
alter table c add constraint c_p foreign key (p) references q (id);
