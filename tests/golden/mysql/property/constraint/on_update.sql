-- expect: constraint c.c_p on_update: no action -> set null
-- setup
create table p (id int primary key);
create table c (id int primary key, p int, key (p));
-- reference
alter table c add constraint c_p foreign key (p) references p (id);
-- candidate
alter table c add constraint c_p foreign key (p) references p (id) on update set null;
