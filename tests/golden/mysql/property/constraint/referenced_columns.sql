-- expect: constraint c.c_p referenced_columns: id -> other
-- setup
create table p (id int primary key, other int not null, unique key (other));
create table c (id int primary key, p int, key (p));
-- reference
alter table c add constraint c_p foreign key (p) references p (id);
-- candidate
alter table c add constraint c_p foreign key (p) references p (other);
