-- expect: column t.a type: enum('x','y') -> enum('x','y','z')
-- setup
create table t (id int primary key, a enum('x', 'y'));
-- candidate
alter table t modify a enum('x', 'y', 'z');
