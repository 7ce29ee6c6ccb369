a + b * c
(a + b) * c
a - b - c
a - (b - c)
a / b / c
a div b
a mod b
a % b
mod(a, b)
-a
- -a
-(a + b)
+a
-5
~a
~a & b | c ^ a
a << 2 >> 1
(a | b) & c
a ^ b
a and b
a && b
a or b
a || b
a xor b
not a
!a
not (a and b)
not a and b
(a or b) and c
a or b and c
a and (b and c)
(a and b) and c
a and b and c and id
a or (b or c)
a = b
a <=> b
a <> b
a != b
a < b
a <= b
a > b
a >= b
not (a = b)
not (a < b)
not (a > 1 and b > 1)
(a = b) = c
a = (b = c)
a is null
a is not null
not a is null
isnull(a)
a is true
a is not true
a is false
a is not false
a is unknown
(a > 1) is true
a between 1 and 5
a not between 1 and 5
not a between 1 and 5
a between b and c and b
a in (1, 2, 3)
a not in (1, 2, 3)
not a in (1, 2)
s in ('x', 'y')
a in (1)
a not in (1)
(a, b) in ((1, 2), (3, 4))
(a, b) = (1, 2)
s like 'x%'
s not like 'x%'
not (s like 'x%')
s like 'x|%' escape '|'
s like 'x\\%'
s regexp '^x'
s not regexp '^x'
s rlike 'x+'
s sounds like 'x'
s = 'x'
s = 'it''s'
s = "it's"
s = 'back\\slash'
s = 'new\nline\ttab'
s = 'grüße'
s = ''
s = _utf8mb4'x'
s = _latin1'x'
bi = x'4142'
bi = 0x4142
bi = 0b101
a = b'101'
bi = _binary'x'
s = N'x'
a = true
a = false
a = null
a = 1.50
f = 1e10
f = 1.5E-3
d = .5
s collate utf8mb4_general_ci = 'x'
s = 'x' collate utf8mb4_bin
s collate utf8mb4_unicode_ci
binary s = 'x'
cast(s as binary)
cast(s as binary(5))
cast(a as char)
cast(a as char(10))
cast(a as char charset utf8mb4)
cast(a as char(10) charset latin1)
cast(a as signed)
cast(a as unsigned)
cast(a as signed integer)
cast(s as decimal)
cast(s as decimal(10))
cast(s as decimal(10, 3))
cast(s as date)
cast(s as datetime)
cast(s as datetime(3))
cast(s as time)
cast(s as double)
cast(s as float)
convert(s, signed)
convert(s, char(10))
convert(s using utf8mb4)
convert(s using latin1)
concat(s, 'x', a)
concat_ws('-', s, s2)
upper(s)
ucase(s)
lower(s)
lcase(s)
length(s)
octet_length(s)
char_length(s)
character_length(s)
substring(s, 1, 2)
substring(s from 1 for 2)
substring(s from 2)
substr(s, 2, 3)
mid(s, 2, 3)
left(s, 2)
right(s, 2)
trim(s)
trim(both 'x' from s)
trim(leading 'x' from s)
trim(trailing from s)
trim('x' from s)
ltrim(s)
rtrim(s)
locate('x', s)
position('x' in s)
instr(s, 'x')
replace(s, 'a', 'b')
insert(s, 1, 2, 'x')
repeat(s, 2)
reverse(s)
lpad(s, 10, '0')
lpad(s, 10)
char(65, 66)
char(65 using utf8mb4)
ascii(s)
ord(s)
hex(s)
unhex(s)
md5(s)
sha2(s, 256)
crc32(s)
format(d, 2)
abs(a)
ceil(d)
ceiling(d)
floor(d)
round(d)
round(d, 1)
truncate(d, 1)
power(a, 2)
pow(a, 2)
sqrt(a)
sign(a)
greatest(a, b, c)
least(a, b)
coalesce(a, b, 0)
ifnull(a, 0)
nullif(a, 0)
if(a > 1, 'x', 'y')
case a when 1 then 'one' when 2 then 'two' else 'many' end
case when a > 1 then 'x' when b then 'y' end
case when a > 1 and b < 2 then a + 1 else case when b then 2 else 3 end end
year(dt)
month(dt)
day(dt)
dayofmonth(dt)
dayname(dt)
weekday(dt)
week(dt)
week(dt, 1)
quarter(dt)
hour(dt)
date(dt)
time(dt)
extract(year from dt)
extract(day_hour from dt)
date_format(dt, '%Y-%m')
str_to_date(s, '%Y')
date_add(dt, interval 1 day)
date_add(dt, interval '1:2' minute_second)
adddate(dt, 1)
adddate(dt, interval 1 day)
date_sub(dt, interval 1 month)
subdate(dt, 3)
dt + interval 1 hour
dt - interval a + 1 day
interval 1 day + dt
datediff(dt, da)
timediff(dt, ts)
timestampdiff(hour, dt, ts)
timestampadd(hour, 1, dt)
to_days(dt)
last_day(dt)
makedate(2020, 5)
addtime(dt, '1:00')
timestamp(dt)
timestamp(dt, '1:00')
unix_timestamp(ts)
from_unixtime(a)
dt > '2020-01-01'
dt > timestamp'2020-01-01 10:00:00'
da > date'2020-01-01'
ti > time'10:00:00'
now()
now(3)
current_timestamp
current_timestamp(3)
localtime
localtimestamp()
sysdate()
curdate()
current_date
curtime()
current_time(2)
utc_timestamp()
utc_date
utc_time()
current_user
current_user()
user()
session_user()
database()
schema()
version()
connection_id()
rand()
rand(5)
uuid()
json_extract(tx, '$.a')
json_unquote(json_extract(tx, '$.a'))
json_value(tx, '$.a')
json_valid(tx)
json_object('a', a, 'b', b)
json_array(a, 'x', null)
json_contains(tx, '1', '$.a')
json_length(tx)
json_set(tx, '$.a', 1)
json_type(tx)
match (s, tx) against ('word')
match (s, tx) against ('+word' in boolean mode)
match (s, tx) against ('word' with query expansion)
interval(a, 1, 2, 3)
field(s, 'a', 'b')
find_in_set('a', s)
elt(a, 'x', 'y')
make_set(a, 'x', 'y')
bit_count(a)
inet_aton(s)
strcmp(s, 'x')
soundex(s)
regexp_replace(s, 'a', 'b')
regexp_substr(s, 'a')
e = 'x'
e + 0
find_in_set('p', st) > 0
@@sql_mode
@@global.max_connections
default(c)
(select max(n) from u)
exists (select 1 from u where u.t_id = t.id)
a in (select n from u)
a not in (select n from u where name = 'x')
a > all (select n from u)
a = any (select n from u)
a <> all (select n from u)
(a, b) in (select id, n from u)
quote(s)
space(3)
bin(a)
oct(a)
conv(a, 10, 2)
sin(a)
atan2(a, b)
atan(a, b)
log(a)
log(2, a)
ln(a)
pi()
radians(a)
microsecond(dt)
sec_to_time(a)
time_to_sec(ti)
period_add(a, 1)
maketime(1, 2, 3)
get_format(date, 'EUR')
weight_string(s)
charset(s)
collation(s)
coercibility(s)
benchmark(1, a)
row_count()
found_rows()
last_insert_id()
sleep(0)
to_base64(s)
compress(s)
uncompress(s)
aes_encrypt(s, 'k')
date_add(dt, interval -1 day)
dt - interval 1 day + interval 2 hour
a * -1
a - -1
a between 1 and 2 or b between 3 and 4
a = 1 and b = 2 or c = 3 and id = 4
not (not a)
not exists (select 1 from u)
a + (b + c)
a * (b * c)
a * (b / c)
(a = 1) + (b = 2)
a in (b, c + 1, 3)
if(a, if(b, 1, 2), 3)
concat(concat(s, 'x'), 'y')
st_astext(st_geomfromtext('POINT(1 1)'))
point(1, 2)
(a = b) is null
a = (b is null)
(a = b) between 0 and 1
a = (b between 0 and 1)
a between (b = 1) and (c = 2)
a between 1 and (b between 2 and 3)
(a in (1, 2)) in (0, 1)
a in ((b = 1), 2)
(a like 'x') = b
a like (b = 1)
(a and b) = c
a = (b and c)
(a or b) is null
not (a is null and b is null)
not (a xor b)
(not a) = b
not (a <=> b)
not (s regexp 'x' and a)
(a + 1) in (1, 2)
-(a * b)
(-a) ^ b
-(a ^ b)
(a + b) collate utf8mb4_bin
concat(s, s2) collate utf8mb4_bin
(s collate utf8mb4_bin) like 'x'
a & (b = c)
(a & b) = c
(a << b) + c
a << (b + c)
(dt + interval 1 day) > now()
(dt + interval 1 day) between da and ts
dt + interval (a = 1) day
dt + interval -(a) day
(a, b) <> (1, 2)
(a, b) < (1, 2)
not ((a, b) = (1, 2))
if(a and b, 1, 0)
if(not a, 1, 0)
case when not a then 1 end
coalesce(a and b, c)
find_in_set('x', s) and a
length(s) and a
s and a
dt and a
d and f
(a is true) and b
not (a is true)
a is true is false
s = _latin1 x'e4'
s = _utf8mb4 x'c3a4'
s = 'ä日😀'
s like 'ä%'
s = 'a\0b'
s = 'a\Zb\rc\bd'
s = 'a%b\_c\%d'
s = 'tab	raw'
s = '`quoted`'
s = 'a\\''b'
concat(s, '\'')
json_array(true, 1)
json_object('a', true)
if(true, 1, 2)
tx -> '$.a'
tx ->> '$.a'
a div b * c
a * b div c
a % b * c
~(a + b)
!(a = b)
!a + b
not a + b
(a = 1) = true
exists (select 1 from u where n = 1 limit 1)
exists (select n from u union select id from w)
a in (select n from u where u.t_id = t.id and n > 3)
(select name from u where u.id = t.id order by n limit 1)
a >= any (select n from u)
cast(a as decimal(5, 2)) + 1
cast(s as json)
cast(a as year)
convert(a, char) collate utf8mb4_bin
group_concat(s order by s)
count(*)
count(distinct a, b)
sum(distinct a)
avg(a)
std(a)
stddev_pop(a)
variance(a)
var_samp(a)
bit_and(a)
json_arrayagg(a)
json_objectagg(s, a)
any_value(a)
sysdate(3)
interval(a + 1, 2)
substring_index(s, ',', 1)
format(d, 2, 'de_DE')
st_x(point(1, 2))
st_contains(point(1, 1), point(1, 1))
st_distance(point(1, 1), point(2, 2))
st_srid(point(1, 1))
mbrcontains(point(1, 1), point(1, 1))
polygon(linestring(point(0, 0), point(1, 0), point(1, 1), point(0, 0)))
uuid_short()
is_ipv4(s)
inet6_aton(s)
name_const('x', 1)
to_seconds(dt)
yearweek(dt)
yearweek(dt, 1)
weekofyear(dt)
dayofyear(dt)
dayofweek(dt)
monthname(dt)
time_format(ti, '%H')
convert_tz(dt, '+00:00', '+01:00')
subtime(dt, '1:00')
from_days(a)
period_diff(a, b)
truncate(d, 0)
crc32('x')
export_set(a, 'y', 'n')
ltrim(rtrim(s))
trim(leading from s)
trim(both from s)
regexp_instr(s, 'a')
s not rlike 'x'
lower(s) = lower(s2)
json_keys(tx)
json_search(tx, 'one', 'x')
json_merge_preserve(tx, tx)
json_remove(tx, '$.a')
json_depth(tx)
json_quote(s)
json_contains_path(tx, 'one', '$.a')
nullif(s, '')
greatest(s, s2)
1 = 1
'a' 'b'
a = '1'
0 <> a
0 = a
a <> 0 and b <> 0
(a <> 0) xor b
current_role()
last_insert_id(5)
