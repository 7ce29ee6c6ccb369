-- expect: event e preserve: no -> yes
-- setup
create table t (id int primary key);
create event e on schedule every 1 day starts '2036-01-01 00:00:00' do delete from t;
-- candidate
alter event e on completion preserve;
