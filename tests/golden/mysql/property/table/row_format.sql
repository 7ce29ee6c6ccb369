-- expect: table t row_format: dynamic -> compact
-- setup
create table t (id int primary key) row_format = dynamic;
-- candidate
alter table t row_format = compact;
