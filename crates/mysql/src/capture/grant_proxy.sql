-- Who may act as whom. Privileges: SELECT on mysql.*. Columns: user, host, proxied user, its host, may be passed on.
select p.user, p.host, p.proxied_user, p.proxied_host, p.with_grant from mysql.proxies_priv p
