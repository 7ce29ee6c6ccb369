-- expect: event e schedule: at 2036-01-01 00:00:00 -> at 2036-01-02 00:00:00
-- setup
create table t (id int primary key);
-- reference
create event e on schedule at '2036-01-01 00:00:00' do delete from t;
-- candidate
create event e on schedule at '2036-01-02 00:00:00' do delete from t;
