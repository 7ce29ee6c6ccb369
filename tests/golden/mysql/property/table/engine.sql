-- expect: table t engine: InnoDB -> MyISAM
-- setup
create table t (id int primary key);
-- candidate
alter table t engine = myisam row_format = dynamic;
