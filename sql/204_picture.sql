-- Pictures that the shop's people upload: a row when one is asked for, confirmed once the object store has it and it is what it
-- was said to be. Only confirmed ones may be shown. `path` is the object's key behind a slash.
CREATE TABLE picture (
  path VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  content_type VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  bytes INT UNSIGNED NOT NULL,
  width SMALLINT UNSIGNED NULL,
  height SMALLINT UNSIGNED NULL,
  etag VARCHAR(80) CHARACTER SET ascii COLLATE ascii_bin NULL,
  asked_by INT NOT NULL,
  asked_at DATETIME(3) NOT NULL,
  confirmed_at DATETIME(3) NULL,
  PRIMARY KEY (path)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_520_ci;
