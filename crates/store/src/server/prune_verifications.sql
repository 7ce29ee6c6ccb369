-- What was verified before, but for the newest of each environment.
DELETE FROM evenkeel_store.verification WHERE at COLLATE "C" < $1
    AND number < (SELECT max(newer.number) FROM evenkeel_store.verification AS newer WHERE newer.environment = verification.environment)
