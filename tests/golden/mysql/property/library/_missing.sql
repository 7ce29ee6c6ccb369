-- expect: library l missing
-- setup
create table t (id int primary key);
-- reference
create library l language javascript as $$ export function f() { return 1 } $$;
