-- expect: constraint t."PRIMARY" comment: nothing -> the key
-- setup
create table t (a int not null);
-- reference
alter table t add primary key (a);
-- candidate
alter table t add primary key (a) comment 'the key';
