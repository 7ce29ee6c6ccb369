-- expect: table t options: checksum=1 -> checksum=1, max_rows=7
-- setup
create table t (id int primary key) engine = myisam checksum = 1;
-- candidate
alter table t max_rows = 7;
