-- expect: constraint c.p type: check -> foreign key
-- implies: constraint c.p expression
-- implies: constraint c.p columns
-- implies: constraint c.p references
-- implies: constraint c.p referenced_columns
-- setup
create table p (id int primary key);
create table c (id int primary key, p int, key (p));
-- reference
alter table c add constraint p check (p > 0);
-- candidate
alter table c add constraint p foreign key (p) references p (id);
