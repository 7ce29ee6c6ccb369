-- What MariaDB has and MySQL has not.
create sequence numbers start with 7 minvalue 3 maxvalue 999 increment by 2 cache 10 cycle engine=InnoDB comment='numbers';
create sequence countdown start with -1 increment by -1 nocache;
create table versioned (
    id int primary key,
    amount int,
    note varchar(10) without system versioning,
    started timestamp(6) generated always as row start invisible,
    ended timestamp(6) generated always as row end invisible,
    period for system_time (started, ended)
) with system versioning;
create table by_time (id int) with system versioning partition by system_time limit 1000 (partition p0 history, partition pn current);
create table booked (
    id int,
    s date,
    e date,
    note text compressed,
    plain text,
    period for stay (s, e),
    unique key no_clash (id, stay without overlaps)
) comment='stays';
create table stayed (id int, s date, e date, period for stay (s, e), primary key (id, stay without overlaps));
create table squeezed (id int) page_compressed=1;
create table hidden (id int, key not_used (id) ignored);
set @kept_mode = @@sql_mode, sql_mode = 'ORACLE';
create package tools sql security invoker as
    function twice(n int) return int;
    procedure nothing();
end;
create package body tools sql security invoker as
    function twice(n int) return int as begin return n * 2; end;
    procedure nothing() as begin null; end;
end;
set sql_mode = @kept_mode;
create aggregate function total(n int) returns int
begin
    declare sum int default 0;
    declare continue handler for not found return sum;
    loop
        fetch group next row;
        set sum = sum + n;
    end loop;
end;
create trigger of_amount before update /*M!110800 of amount */ on versioned for each row begin set new.note = 'new'; end;
