create table t (
    id int not null auto_increment primary key,
    a int,
    b int,
    c int unsigned not null default 0,
    d decimal(10, 2),
    f double,
    s varchar(50) collate utf8mb4_general_ci,
    s2 varchar(50) collate utf8mb4_bin,
    tx text,
    dt datetime,
    ts timestamp null,
    da date,
    ti time,
    bi varbinary(20),
    e enum('x', 'y'),
    st set('p', 'q'),
    fulltext key words (s, tx)
) default charset utf8mb4 collate utf8mb4_general_ci;
create table u (id int not null primary key, t_id int, n int, name varchar(50), key (t_id)) default charset utf8mb4 collate utf8mb4_general_ci;
create table w (id int not null primary key, u_id int, amount decimal(10, 2)) default charset utf8mb4 collate utf8mb4_general_ci;
