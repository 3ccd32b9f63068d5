-- Small rows without a second key: what is locked while it is counted is this and nothing else.
CREATE TABLE sku_stock (
  sku_id INT NOT NULL,
  available INT UNSIGNED NOT NULL DEFAULT 0,
  reserved INT UNSIGNED NOT NULL DEFAULT 0,
  PRIMARY KEY (sku_id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_520_ci;
