-- Where a banner stands, and from when until when it is shown.
ALTER TABLE banner
  ADD COLUMN position INT NOT NULL DEFAULT 0,
  ADD COLUMN starts_at DATETIME(3) NULL,
  ADD COLUMN ends_at DATETIME(3) NULL;
