-- Where all databases are captured, each has its name.
-- expect: schema archive extra
-- all databases
-- candidate
create database archive;
