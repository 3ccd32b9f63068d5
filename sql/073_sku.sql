-- One colour in one size. Sizes are whole numbers: the foot in millimetres, EU and US sizes in tenths (42.5 is 425).
-- A product without sizes has one SKU with size_mm 0. One that is not counted (`counts_stock` 0) never sells out.
CREATE TABLE sku (
  id INT NOT NULL AUTO_INCREMENT,
  product_id INT NOT NULL,
  sku_code VARCHAR(40) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  colour VARCHAR(20) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL DEFAULT '',
  size_mm SMALLINT UNSIGNED NOT NULL DEFAULT 0,
  eu_x10 SMALLINT UNSIGNED NULL,
  us_x10 SMALLINT UNSIGNED NULL,
  price_fen INT UNSIGNED NOT NULL,
  img VARCHAR(255) NULL,
  on_sale TINYINT NOT NULL DEFAULT 1,
  max_per_order SMALLINT UNSIGNED NULL,
  counts_stock TINYINT NOT NULL DEFAULT 1,
  created_at DATETIME(3) NULL,
  PRIMARY KEY (id),
  UNIQUE KEY sku_code (sku_code),
  UNIQUE KEY sku_of_product (product_id, colour, size_mm),
  CONSTRAINT sku_price CHECK (price_fen >= 1)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_520_ci;
