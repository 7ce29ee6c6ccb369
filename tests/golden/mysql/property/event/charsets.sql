-- expect: event e charsets
-- setup
create table t (id int primary key);
-- reference
set names utf8mb4 collate utf8mb4_general_ci;
create event e on schedule every 1 day starts '2036-01-01 00:00:00' do delete from t;
-- candidate
set names utf8mb4 collate utf8mb4_bin;
create event e on schedule every 1 day starts '2036-01-01 00:00:00' do delete from t;
