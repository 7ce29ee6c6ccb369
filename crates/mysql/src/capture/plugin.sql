-- Loaded plugins; what every server of the version has (built in, always on) only where it may be missing on another version
-- or vendor: engines, authentication, full-text parsers. Privileges: none.
select
    p.plugin_name as name,
    lower(p.plugin_type) as type,
    lower(p.plugin_status) as status,
    p.plugin_version as version,
    p.plugin_library as `library`
from information_schema.plugins p
where p.plugin_library is not null
    or p.plugin_type in ('STORAGE ENGINE', 'AUTHENTICATION', 'FTPARSER')
    or p.load_option <> 'FORCE' and p.plugin_type <> 'INFORMATION SCHEMA'
order by p.plugin_name, p.plugin_type
