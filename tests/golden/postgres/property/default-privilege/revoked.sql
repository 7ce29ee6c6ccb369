-- expect: default-privilege maker.tables.(owner) revoked: no -> yes
-- implies: default-privilege maker.tables.(owner) privileges
-- setup
alter default privileges grant select on tables to maker with grant option;
-- candidate
alter default privileges revoke insert on tables from maker;
