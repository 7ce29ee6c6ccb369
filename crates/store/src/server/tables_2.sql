-- Of which build a run is: the digest of its folder of migrations. A column, so that who may use the table may use it.
ALTER TABLE evenkeel_store.run ADD artifact text;
UPDATE evenkeel_store.version SET version = 2;
