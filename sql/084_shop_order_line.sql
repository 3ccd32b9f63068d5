-- One line per SKU, as it was sold. The counters say what became of its pieces.
CREATE TABLE shop_order_line (
  id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT,
  order_id BIGINT UNSIGNED NOT NULL,
  sku_id INT NOT NULL,
  product_id INT NOT NULL,
  name VARCHAR(100) NOT NULL,
  spec VARCHAR(60) NOT NULL,
  img VARCHAR(255) NOT NULL,
  price_fen INT UNSIGNED NOT NULL,
  quantity INT UNSIGNED NOT NULL,
  paid_fen INT UNSIGNED NOT NULL,
  counts_stock TINYINT NOT NULL DEFAULT 1,
  shipped_quantity INT UNSIGNED NOT NULL DEFAULT 0,
  cancelled_quantity INT UNSIGNED NOT NULL DEFAULT 0,
  refunded_quantity INT UNSIGNED NOT NULL DEFAULT 0,
  refunded_fen INT UNSIGNED NOT NULL DEFAULT 0,
  PRIMARY KEY (id),
  UNIQUE KEY shop_order_line_sku (order_id, sku_id),
  CONSTRAINT shop_order_line_sum CHECK (paid_fen = price_fen * quantity AND quantity >= 1),
  CONSTRAINT shop_order_line_sent CHECK (shipped_quantity + cancelled_quantity <= quantity),
  CONSTRAINT shop_order_line_back CHECK (refunded_quantity <= quantity AND refunded_fen <= paid_fen)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_520_ci;
