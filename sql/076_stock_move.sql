-- Every movement of stock, once: `ref` says why (an order, a parcel, a case, an adjustment).
CREATE TABLE stock_move (
  id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT,
  sku_id INT NOT NULL,
  kind VARCHAR(8) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  ref VARCHAR(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  quantity INT NOT NULL,
  at DATETIME(3) NOT NULL,
  PRIMARY KEY (id),
  UNIQUE KEY stock_move_once (ref, sku_id, kind),
  KEY stock_move_of_sku (sku_id, id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_520_ci;
