-- The roles of the demo's application, alike in every environment.
-- Versions: 13 to 18. Privileges: superuser.
CREATE ROLE migrator LOGIN;
CREATE ROLE app_rw LOGIN;
CREATE ROLE reader LOGIN;
CREATE ROLE support NOLOGIN;
GRANT reader TO support;
GRANT CREATE ON DATABASE moorings TO migrator;
