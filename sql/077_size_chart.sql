-- What a size is called, per brand and gender: brands differ.
CREATE TABLE size_chart (
  brand_id INT NOT NULL,
  gender VARCHAR(8) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  size_mm SMALLINT UNSIGNED NOT NULL,
  eu_x10 SMALLINT UNSIGNED NOT NULL,
  us_x10 SMALLINT UNSIGNED NOT NULL,
  PRIMARY KEY (brand_id, gender, size_mm)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_520_ci;
