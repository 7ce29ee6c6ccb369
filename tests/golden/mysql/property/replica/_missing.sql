-- expect: replica "replica 1" missing
-- implies: node node replicas: 1 -> 0
-- in place
-- replica ends
-- The source notices when it has something to send.
-- candidate
flush tables;
do sleep(0.2);
flush tables;
do sleep(0.2);
flush tables;
do sleep(0.2);
