-- expect: event e time_zone: +00:00 -> +01:00
-- setup
create table t (id int primary key);
set time_zone = '+00:00';
-- reference
create event e on schedule every 1 day starts '2036-01-01 00:00:00' do delete from t;
-- candidate
set time_zone = '+01:00';
create event e on schedule every 1 day starts '2036-01-01 00:00:00' do delete from t;
