-- expect: tablespace elsewhere options: nothing -> random_page_cost=1.1
-- in place
-- candidate
alter tablespace elsewhere set (random_page_cost = 1.1);
-- cleanup
alter tablespace elsewhere reset (random_page_cost);
