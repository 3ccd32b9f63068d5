-- What a parcel costs, by the first two digits of the region. A province without a row has the rule of '00'.
CREATE TABLE freight_rule (
  province CHAR(2) NOT NULL,
  deliverable TINYINT NOT NULL DEFAULT 1,
  first_fen INT UNSIGNED NOT NULL,
  next_fen INT UNSIGNED NOT NULL,
  free_from_fen INT UNSIGNED NULL,
  PRIMARY KEY (province)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_520_ci;
