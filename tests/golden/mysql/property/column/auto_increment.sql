-- expect: column t.id auto_increment: no -> yes
-- setup
create table t (id int not null primary key);
-- candidate
alter table t modify id int not null auto_increment;
