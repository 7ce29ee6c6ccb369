-- Minor versions of late 2026 print AS before the alias of the table that a statement changes, older ones do not.
create table public.stock (id int primary key, amount int, note text);
create table public.journal (id int, amount int);
create rule changed as on update to public.stock do also update only public.journal j set amount = new.amount where j.id = new.id;
create rule gone as on delete to public.stock do also delete from public.journal as "J" where "J".id = old.id;
create rule fresh as on insert to public.stock do also insert into public.journal as j (id, amount) values (new.id, new.amount);
create rule either as on update to public.journal where (new.amount < 0) do instead
  with moved as (update public.stock s set note = ' AS ' where s.id > 0 returning s.id) delete from public.stock s using moved where s.id = moved.id;
