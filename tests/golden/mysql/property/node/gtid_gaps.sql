-- expect: node node gtid_gaps: 0 -> 1
-- only: node
-- in place
-- setup
select 1;
-- candidate
set gtid_next = '11111111-1111-1111-1111-111111111111:1';
commit;
set gtid_next = '11111111-1111-1111-1111-111111111111:3';
commit;
set gtid_next = automatic;
-- cleanup
reset binary logs and gtids;
