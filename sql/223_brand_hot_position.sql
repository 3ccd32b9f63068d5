-- Where a brand stands among the hot ones.
ALTER TABLE brand ADD COLUMN hot_position INT NOT NULL DEFAULT 0;
