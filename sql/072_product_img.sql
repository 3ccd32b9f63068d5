CREATE TABLE product_img (
  product_id INT NOT NULL,
  position TINYINT UNSIGNED NOT NULL,
  path VARCHAR(255) NOT NULL,
  PRIMARY KEY (product_id, position)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_520_ci;
