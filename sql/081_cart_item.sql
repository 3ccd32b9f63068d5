-- A cart is one range of the primary key. `seen_price_fen` only serves to say that a price has changed since.
CREATE TABLE cart_item (
  user_id INT NOT NULL,
  sku_id INT NOT NULL,
  quantity TINYINT UNSIGNED NOT NULL,
  selected TINYINT NOT NULL DEFAULT 1,
  seen_price_fen INT UNSIGNED NOT NULL,
  added_at DATETIME(3) NOT NULL,
  PRIMARY KEY (user_id, sku_id),
  CONSTRAINT cart_item_quantity CHECK (quantity BETWEEN 1 AND 99)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_520_ci;
