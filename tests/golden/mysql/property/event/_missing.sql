-- expect: event e missing
-- with: 1 definer
-- setup
create table t (id int primary key);
-- reference
create event e on schedule every 1 day starts '2036-01-01 00:00:00' do delete from t;
