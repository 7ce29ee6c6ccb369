-- expect: role "app@localhost" tls: nothing -> x509
-- in place
-- setup
create user app@localhost;
-- candidate
alter user app@localhost require x509;
