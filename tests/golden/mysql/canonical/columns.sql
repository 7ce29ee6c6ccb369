int default 5
int default -5
int default '5'
int unsigned default 0
int(4) zerofill default 7
bigint default (1 + 1)
int default (a)
int default null
int not null default 1
tinyint(1) default true
boolean default false
decimal(10,2) default 1.5
decimal(10,2) default -1.50
float default 1.5
float default 1e10
double default 0.1
double default -1e-5
bit(3) default b'101'
bit(1) default 0
year default 2020
year default '2020'
char(5) default 'abc'
varchar(50) default ''
varchar(50) default 'it''s'
varchar(50) default 'back\\slash'
varchar(50) default 'a\nb'
varchar(50) default 'grüße'
varchar(50) default 'null'
varchar(50) default 'CURRENT_TIMESTAMP'
varchar(50) default (uuid())
varchar(50) default (concat('a', 'b'))
varchar(50) default (upper('x'))
varchar(50) character set latin1 default 'x'
varchar(50) default (now())
text default ('x')
blob default ('x')
json default ('[]')
json default (json_array())
json default (json_object('a', 1))
enum('a','b') default 'a'
enum('a','b') not null default 'b'
set('a','b') default 'a,b'
date default '2020-01-01'
date default (curdate())
date default (current_date)
datetime default '2020-01-01 10:00:00'
datetime(3) default '2020-01-01 10:00:00.5'
datetime default now()
datetime default current_timestamp
datetime(3) default current_timestamp(3)
datetime default current_timestamp on update current_timestamp
datetime(6) default now(6) on update now(6)
timestamp null default null
timestamp not null default current_timestamp
timestamp default '2020-01-01 10:00:00'
timestamp null on update current_timestamp
timestamp default localtime
datetime default localtimestamp()
datetime default (now() + interval 1 day)
datetime default (current_timestamp)
datetime default '0000-00-00 00:00:00'
time default '10:00:00'
time default (curtime())
binary(4) default 'ab'
varbinary(10) default 'ab'
varbinary(10) default x'6162'
binary(4) default x'00ff'
varbinary(16) default (unhex(replace(uuid(), '-', '')))
int default (rand() * 100)
int default (-5)
int default (5)
int default (floor(3.7))
point default (point(1, 2))
int generated always as (a + 1) virtual
int as (a * b) stored
varchar(200) as (concat(s, '-', s2)) stored
varchar(200) as (upper(s)) virtual
varchar(200) as (json_unquote(json_extract(tx, '$.a'))) stored
varchar(50) as (case when a > 1 then 'x' else 'y' end) stored
varchar(50) check (a > 1)
int check (a > 1 and b < 2)
varchar(50) check (s in ('x', 'y') or s is null)
varchar(50) check (char_length(s) > 3)
json
json not null
longtext
varchar(50) collate utf8mb4_bin
varchar(50) collate utf8mb3_general_ci
varchar(50) character set utf8mb3
varchar(50) character set utf8mb4 collate utf8mb4_unicode_ci
varchar(50) character set latin1
varchar(50) character set ascii
varchar(50) character set binary
nchar(5)
nvarchar(5)
int comment 'it''s'
int invisible
int as (a) virtual invisible
serial
