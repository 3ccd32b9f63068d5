-- As banners have it.
ALTER TABLE grid
  ADD COLUMN position INT NOT NULL DEFAULT 0,
  ADD COLUMN starts_at DATETIME(3) NULL,
  ADD COLUMN ends_at DATETIME(3) NULL;
