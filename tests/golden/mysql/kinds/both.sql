-- One of each schema kind that MySQL and MariaDB share, with every property that both can give it.
-- `mysql.sql` and `mariadb.sql` add what only one of them has. Bodies are compound statements: of a simple one in a packet of
-- many MySQL keeps the semicolon, and mysqldump prints that into a comment that no longer ends where it should.
create table parent (
    id int not null auto_increment comment 'numbers rows',
    code varchar(20) character set utf8mb4 collate utf8mb4_bin not null default 'x',
    body text,
    place point not null,
    stamp datetime(3) not null default current_timestamp(3) on update current_timestamp(3),
    n int,
    doubled int generated always as (n * 2) virtual,
    kept int generated always as (n + 1) stored,
    primary key (id) comment 'the key',
    unique key code_key (code desc),
    key code_prefix (code(5)) comment 'short',
    fulltext key body_words (body),
    spatial key place_area (place),
    constraint code_is_short check (char_length(code) < 20),
    check (char_length(code) > 0)
) engine=InnoDB row_format=dynamic stats_persistent=1 comment='what others hang on';
create table child (
    id int primary key,
    parent_id int,
    amount int check (amount > 0),
    check (amount < 100),
    foreign key (amount) references parent (id),
    constraint child_parent foreign key (parent_id) references parent (id) on delete cascade on update set null
);
create table quick (id int, primary key (id) using hash) engine=MEMORY;
create table blocks (id int, key sized (id) key_block_size=4096) engine=MyISAM;
create table plain_a (id int, key (id)) engine=MyISAM;
create table plain_b (id int, key (id)) engine=MyISAM;
create table merged (id int, key (id)) engine=MERGE union=(plain_a, plain_b) insert_method=last;
create table by_range (
    id int not null,
    made date not null
) partition by range (year(made)) subpartition by hash (id) (
    partition p0 values less than (2000) max_rows = 1000 comment = 'old' (subpartition s0, subpartition s1),
    partition p1 values less than maxvalue (subpartition s2, subpartition s3)
);
create table by_list (id int, kind int) partition by list columns (kind) (
    partition small values in (1, 2, null),
    partition large values in (7)
);
create table by_key (id int primary key) partition by key () partitions 2;
create table by_hash (id int primary key) partition by linear hash (id) partitions 2;

create view shown as select id, code, doubled from parent where id > 5;
create algorithm = merge sql security invoker view checked as select id, code from parent where id < 100 with local check option;
create algorithm = temptable view counted as select count(*) as n from parent;

set @kept_mode = @@sql_mode, sql_mode = 'ANSI_QUOTES,NO_ZERO_DATE';
create function half(n int unsigned, label varchar(10) character set latin1) returns decimal(10,2) deterministic no sql sql security invoker comment 'a half'
    return n / 2;
create procedure fill(in a int, out b varchar(20), inout c int) reads sql data sql security invoker comment 'fills'
    select count(*) into c from parent where id > a;
create trigger parent_first before insert on parent for each row begin set new.code = upper(new.code); end;
create trigger parent_second before insert on parent for each row begin set new.code = concat(new.code, '!'); end;
create trigger parent_zeroth before insert on parent for each row precedes parent_first begin set new.code = lower(new.code); end;
create trigger parent_gone after delete on parent for each row begin set @gone = old.id; end;
create event hourly on schedule every '1:30' hour_minute starts '2036-01-01 00:00:00' ends '2037-01-01 00:00:00' on completion preserve disable comment 'often' do begin delete from child where id < 0; end;
create event once on schedule at '2036-01-01 00:00:00' do begin delete from child where id < 0; end;
set sql_mode = @kept_mode;
create procedure loops() deterministic begin declare i int default 0; while i < 3 do set i = i + 1; end while; end;
create function writes() returns int deterministic modifies sql data begin delete from child; return 1; end;
