-- expect: definer procedure.p gone: no -> yes
-- implies: definer procedure.p definer: root@localhost -> nobody@localhost
-- reference
create procedure p(a int) select a;
-- candidate
create definer = nobody@localhost procedure p(a int) select a;
