-- Subscriptions of this database: the columns that every role may read; never the connection string.
-- Versions: 13 to 18; the number (where comments hang) and synchronous_commit can be read by every role from 14 on. Privileges: none.
select 'pg_subscription'::text as _classid,
  s.oid as _oid, -- >=14
  0::oid as _oid, -- <14
  s.subname as name, array(select p from unnest(s.subpublications) as p order by 1) as publications, s.subenabled as enabled, s.subslotname as slot,
  s.subbinary as binary, s.subsynccommit as synchronous_commit, -- >=14
  case when s.substream then 'on' else 'off' end as streaming, -- >=14 and <16
  case s.substream when 't' then 'on' when 'p' then 'parallel' else 'off' end as streaming, -- >=16
  s.subtwophasestate <> 'd' as two_phase, s.subdisableonerr as disable_on_error, -- >=15
  s.subpasswordrequired as password_required, s.subrunasowner as run_as_owner, s.suborigin as origin, -- >=16
  s.subfailover as failover, -- >=17
  s.subdbid as _database
from pg_catalog.pg_subscription s
where s.subdbid = (select d.oid from pg_catalog.pg_database d where d.datname = current_database())
