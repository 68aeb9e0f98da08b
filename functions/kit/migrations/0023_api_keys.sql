-- What a clinic sees of its API keys. `label`: its own word for one. `used_at`: the last request with it, to the hour.
ALTER TABLE api_keys ADD COLUMN label TEXT;

ALTER TABLE api_keys ADD COLUMN used_at BIGINT;

CREATE INDEX api_keys_by_clinic ON api_keys (clinic_id) WHERE revoked_at IS NULL;
