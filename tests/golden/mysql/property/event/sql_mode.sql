-- expect: event e sql_mode: STRICT_ALL_TABLES -> ANSI_QUOTES
-- setup
create table t (id int primary key);
-- reference
set sql_mode = 'strict_all_tables';
create event e on schedule every 1 day starts '2036-01-01 00:00:00' do delete from t;
-- candidate
set sql_mode = 'ansi_quotes';
create event e on schedule every 1 day starts '2036-01-01 00:00:00' do delete from t;
