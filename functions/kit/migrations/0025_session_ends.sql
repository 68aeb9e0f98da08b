-- Why a session of the account has ended: here, replaced, device (from the list of devices), everywhere, merged or erased; NULL
-- where it was before this was kept.
ALTER TABLE account_sessions ADD COLUMN ended_why TEXT;
