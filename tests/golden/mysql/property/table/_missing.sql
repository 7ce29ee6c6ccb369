-- expect: table t missing
-- with: 2 columns, 2 constraints, 1 index, 1 table-statistics, 1 index-statistics
-- reference
create table t (id int primary key, name varchar(20) not null, constraint positive check (id > 0)) comment = 'its parts share its fate';
create index t_name on t (name);
