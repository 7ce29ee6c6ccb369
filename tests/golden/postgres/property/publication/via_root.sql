-- expect: publication feed via_root: no -> yes
-- setup
create publication feed;
-- candidate
alter publication feed set (publish_via_partition_root = true);
