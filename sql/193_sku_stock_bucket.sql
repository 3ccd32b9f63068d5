-- Pieces of a SKU that many people order at once: several small rows, so that they do not all wait for one.
CREATE TABLE sku_stock_bucket (
  sku_id INT NOT NULL,
  bucket TINYINT UNSIGNED NOT NULL,
  available INT UNSIGNED NOT NULL DEFAULT 0,
  reserved INT UNSIGNED NOT NULL DEFAULT 0,
  PRIMARY KEY (sku_id, bucket)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_520_ci;
