-- What of a run's acts is not as its folder of migrations has it. A column, so that who may use the table may use it.
ALTER TABLE evenkeel_store.run ADD rewritten text;
UPDATE evenkeel_store.version SET version = 3;
