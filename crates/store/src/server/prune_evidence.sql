-- Evidence that is neither an environment's newest nor what its last deployment that came to its end had, nor newer than that.
DELETE FROM evenkeel_store.evidence WHERE at COLLATE "C" < $1
    AND number < (SELECT max(newer.number) FROM evenkeel_store.evidence AS newer WHERE newer.environment = evidence.environment)
    AND number < coalesce(
        (SELECT max(used.number) FROM evenkeel_store.evidence AS used WHERE used.environment = evidence.environment AND used.at::timestamptz <=
            (SELECT max(last.begun) FROM evenkeel_store.run AS last
             WHERE last.environment = evidence.environment AND last.verb = 'deploy' AND last.ending = 'done')),
        number + 1)
