-- Changed for the whole server, so one database is captured before and after.
-- expect: server server timezone_tables
-- in place
-- candidate
insert into mysql.time_zone (time_zone_id, use_leap_seconds) values (991, 'N');
insert into mysql.time_zone_name (name, time_zone_id) values ('Nowhere/Near', 991);
insert into mysql.time_zone_transition_type (time_zone_id, transition_type_id, `offset`, is_dst, abbreviation) values (991, 0, 3600, 0, 'NWT');
-- cleanup
delete from mysql.time_zone where time_zone_id = 991;
delete from mysql.time_zone_name where time_zone_id = 991;
delete from mysql.time_zone_transition_type where time_zone_id = 991;
