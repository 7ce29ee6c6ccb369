-- Memberships, over all grantors. Those among predefined roles are the server's.
-- Versions: 13 to 18; inherit and set options from 16 on. Privileges: none. Columns: role, member, admin, inherit, set, grantors.
select m.roleid as role, m.member, bool_or(m.admin_option) as admin,
  bool_or(m.inherit_option) as inherit, bool_or(m.set_option) as set, -- >=16
  true as inherit, true as set, -- <16
  array_agg(m.grantor) as grantors
from pg_catalog.pg_auth_members m
join pg_catalog.pg_roles r on r.oid = m.member
where r.rolname !~ '^pg_'
group by 1, 2
