-- On a server that is no replica it does not run.
-- expect: event e status: enabled -> replica side disabled
-- setup
create table t (id int primary key);
create event e on schedule every 1 day starts '2036-01-01 00:00:00' do delete from t;
-- candidate, mysql
alter event e disable on replica;
-- candidate, mariadb
alter event e disable on slave;
