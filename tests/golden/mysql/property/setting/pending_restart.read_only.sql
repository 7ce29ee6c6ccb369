-- One that no statement changes while the server runs.
-- expect: setting innodb_page_cleaners pending_restart: no -> yes
-- only on: mysql
-- in place
-- candidate
set persist_only innodb_page_cleaners = 7;
-- cleanup
reset persist if exists innodb_page_cleaners;
