-- expect: schema (database) read_only: no -> yes
-- candidate
alter database :DB read only = 1;
