select * from t
select id, a as x, b + 1 as `y z` from t
select t.id, u.name from t join u on u.t_id = t.id
select t.id, u.name from t inner join u on u.t_id = t.id where u.n > 3
select t.id, u.name from t, u where u.t_id = t.id
select t.id, u.name from t cross join u
select t.id, u.name from t straight_join u on u.t_id = t.id
select t.id, u.name from t left join u on u.t_id = t.id
select t.id, u.name from t left outer join u on u.t_id = t.id and u.n > 3
select t.id, u.name from t right join u on u.t_id = t.id
select id, u.name from t join u using (id)
select u.name from t natural join u
select t.id from t left join (u join w on w.u_id = u.id) on u.t_id = t.id
select t.id from (t join u on u.t_id = t.id) left join w on w.u_id = u.id
select t.id from t left join u on u.t_id = t.id left join w on w.u_id = u.id
select t.id from t, u, w where u.t_id = t.id and w.u_id = u.id
select t.id from t join u join w on w.u_id = u.id and u.t_id = t.id
select x.id from t x
select x.id from t as x join t as y on x.a = y.b
select a, count(*) from t group by a
select a, count(*) as n, sum(b), avg(b), min(b), max(b), count(distinct b) from t group by a having count(*) > 1 order by n desc
select a, b, sum(c) from t group by a, b with rollup
select group_concat(s) from t
select group_concat(distinct s order by s desc, a separator ';') from t
select distinct a from t
select all a from t
select a from t order by a, b desc limit 10
select a from t order by a limit 10 offset 5
select a from t order by 1 limit 5, 10
select a from t where a > 1 and (b < 2 or b is null) order by a + b
select a from t union select n from u
select a from t union all select n from u
select a from t union distinct select n from u order by 1
(select a from t order by a limit 1) union all (select n from u order by n limit 1)
select a from t union select n from u union all select id from w
select a from t where exists (select 1 from u where u.t_id = t.id)
select a from t where a in (select n from u)
select a from t where a = (select max(n) from u)
select x.a from (select a, b from t where a > 1) x
select x.m from (select a, max(b) as m from t group by a) as x where x.m > 3
with q as (select a from t) select * from q
with q (x, y) as (select a, b from t), r as (select x from q) select r.x from r join q on q.x = r.x
with recursive n (i) as (select 1 union all select i + 1 from n where i < 10) select i from n
select a, row_number() over (order by b) as r from t
select a, sum(b) over (partition by a order by b rows between unbounded preceding and current row) from t
select a, rank() over win as r from t window win as (partition by a order by b desc)
select a, lag(b, 1, 0) over (order by id), lead(b) over (order by id) from t
select a, sum(b) over () from t
select a, avg(b) over (order by id range between 5 preceding and 5 following) from t
select a from t use index (primary) where id > 1
select a from t force index (words)
select sql_no_cache a from t
select straight_join t.id from t join u on u.t_id = t.id
select 1
select 1 as one, 'x' as two, null as three
select 1 from dual
select a from t where a between 1 and 2 and s like 'x%' and not (s2 like '%y')
select (select count(*) from u where u.t_id = t.id) as n from t
select count(*) from t
select 'it''s', "quoted", 'back\\slash'
select @@version_comment
select a intersect select n from u
select a from t intersect select n from u
select a from t except select n from u
select t.* from t join u on u.t_id = t.id
select id from (t)
select u.id from u where (t_id, n) in (select id, a from t)
select case when a > 1 then 'x' else 'y' end as k, count(*) from t group by case when a > 1 then 'x' else 'y' end
select date_format(dt, '%Y-%m') as m, sum(d) from t group by m order by m
select upper(concat(s, ' ', s2)) as full_name, if(a, 'yes', 'no') as flag, ifnull(b, 0) from t where dt > now() - interval 1 day
select json_unquote(json_extract(tx, '$.a')) from t where json_extract(tx, '$.b') = 1
select coalesce(u.name, 'none') as name, w.amount * 100 / (1 + t.a) from t left join u on u.t_id = t.id left join w on w.u_id = u.id where t.a = 1 or (t.b = 2 and u.n in (1, 2, 3))
values row(1, 2), row(3, 4)
select a from t limit 3
select a from t where a = 1 for update
select `t`.`a` from `t` where `t`.`s` = _utf8mb4'x' collate utf8mb4_bin
select a from t order by rand()
select a as b, b as a from t order by b
select a + 1 as z from t group by z having z > 3 order by z desc
select a, count(*) from t group by a order by count(*) desc, 1
select a from (t, u) where t.id = u.id
select x.n from (select n from u union select id from w) x
select t.a from t left join (u, w) on u.t_id = t.id and w.u_id = u.id
select t.a from t join lateral (select n from u where u.t_id = t.id) l
select a, (select max(n) from u where u.t_id = t.id) as m from t order by m
select distinct a, b from t where a is not null order by b desc, a limit 3
(select a from t) union (select n from u)
(select a from t) union all (select n from u) order by 1 limit 3
select a from t union (select n from u order by n limit 1)
select a from t union (select n from u union all select id from w)
select a, sum(b) over w1, avg(b) over w1 from t window w1 as (order by a)
select a, sum(b) over (w1 order by b) from t window w1 as (partition by a)
select a, row_number() over (partition by a, b order by c desc, d) as rn, ntile(4) over (order by a) as q, first_value(s) over (partition by a order by b) as fv from t
select a from t where a in (with q as (select n from u) select n from q)
select * from (with q as (select n from u) select n from q) x
with q as (select a from t), r as (select n from u) select q.a, r.n from q, r
with recursive tree as (select id, t_id, 1 as lvl from u where t_id is null union all select u.id, u.t_id, tree.lvl + 1 from u join tree on u.t_id = tree.id) select * from tree
select a from t where (a, b) = (1, 2) or (a, b) in ((1, 2), (3, 4))
select shop.id from t shop
select shop.a, u.n from t as shop join u on u.t_id = shop.id
select t.a from shop.t t
select information_schema.tables.table_name from information_schema.tables
select a from t where not exists (select 1 from u where u.t_id = t.id and not exists (select 1 from w where w.u_id = u.id))
select case a when 1 then 'x' when null then 'y' end as k from t
select if(a > 1 and b > 2, 'x', null) as k, a is null as n, not a as m, a = b as e from t
select t.id from t where t.dt between '2020-01-01' and '2020-12-31' and t.e = 'x' and t.st = 'p,q'
select count(*), count(a), count(distinct a, b), min(dt), max(dt), std(d) from t having count(*) > 3
select a from t use index () where a = 1
select a from t ignore index for order by (words) order by a
select `t`.`a` as `weird ``name``` from t
select a as `select`, b as `from` from t
select 1 as `a`, 2 as `b` union all select 3, 4
select sql_calc_found_rows a from t
select sql_big_result a, count(*) from t group by a
select high_priority a from t
select t.a from t natural left join u
select t.a from t left join u using (id) left join w using (id)
select concat(s, ':', group_concat(tx order by id separator '|')) from t group by s
select a from t where s collate utf8mb4_bin like 'x%' and cast(a as char(3)) = '1'
select date(dt) as day, count(*) as n from t where dt >= curdate() - interval 7 day group by date(dt)
select a from t procedure analyse()
select json_table.x from json_table('[1,2]', '$[*]' columns (x int path '$')) as json_table
select t.a, j.x from t, json_table(t.tx, '$[*]' columns (x int path '$.x', nested path '$.y[*]' columns (z int path '$'))) j
select a from t where match (s, tx) against ('word' in boolean mode) > 0.5
table t
