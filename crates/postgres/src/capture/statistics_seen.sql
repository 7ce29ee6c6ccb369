-- Whether details of replicas are visible. Versions: 13 to 18. Privileges: none. Columns: sees, who we are.
select pg_catalog.pg_has_role(current_user, 'pg_read_all_stats', 'USAGE')
    or (select r.rolsuper from pg_catalog.pg_roles r where r.rolname = current_user) as sees,
  quote_ident(current_user) as me
