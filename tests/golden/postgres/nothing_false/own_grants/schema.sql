-- Lists of privileges that name the owner: from 17 on they hold MAINTAIN, before 17 every owner could maintain without it.
create table public.listed (id int);
create view public.seen as select id from public.listed;
create materialized view public.kept as select id from public.listed;
create sequence public.counted;
grant select on public.listed, public.seen, public.kept, public.counted to current_user with grant option;
revoke delete on public.listed from current_user;
