-- expect: constraint c.c_p columns: a -> b
-- setup
create table p (id int primary key);
create table c (id int primary key, a int, b int, key (a), key (b));
-- reference
alter table c add constraint c_p foreign key (a) references p (id);
-- candidate
alter table c add constraint c_p foreign key (b) references p (id);
