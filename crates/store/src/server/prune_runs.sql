-- Runs that ended before, hold nothing, and are none of the releases since the last deployment that came to its end, nor that one. What is of
-- them goes with them.
DELETE FROM evenkeel_store.run WHERE ended < $1::timestamptz
    AND NOT EXISTS (SELECT FROM evenkeel_store.held WHERE held.run = run.number)
    AND NOT (run.verb IN ('deploy', 'rollback') AND run.ending <> 'refused' AND run.number >= coalesce(
        (SELECT max(last.number) FROM evenkeel_store.run AS last
         WHERE last.environment = run.environment AND last.verb = 'deploy' AND last.ending = 'done'), 0))
