-- Version, encoding and locale of the server and the database.
-- Versions: 13 to 18; locale provider from 15 on; builtin locales from 17 on. Privileges: none.
select 'pg_database'::text as _classid, d.oid as _oid, 'server'::text as what,
  (current_setting('server_version_num')::int / 10000)::text as version_major,
  split_part(current_setting('server_version'), ' ', 1) as version,
  pg_catalog.pg_encoding_to_char(d.encoding)::text as encoding,
  'libc'::text as locale_provider, -- <15
  case d.datlocprovider when 'c' then 'libc' when 'i' then 'icu' when 'b' then 'builtin' else d.datlocprovider::text end as locale_provider, -- >=15
  d.datcollate::text as collate, -- <15
  case when d.datlocprovider = 'i' then d.daticulocale else d.datcollate end::text as collate, -- >=15 and <17
  case when d.datlocprovider <> 'c' then d.datlocale else d.datcollate end::text as collate, -- >=17
  d.datctype::text as ctype,
  d.daticurules as icu_rules, -- >=16
  d.datcollversion as collation_version, -- >=15
  pg_catalog.pg_database_collation_actual_version(d.oid) as collation_version_actual, -- >=15
  d.datcollversion is distinct from pg_catalog.pg_database_collation_actual_version(d.oid) as collation_outdated, -- >=15
  current_setting('data_checksums') as data_checksums,
  d.datconnlimit as connection_limit, d.datistemplate as is_template
from pg_catalog.pg_database d
where d.datname = current_database()
