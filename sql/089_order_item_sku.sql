-- Two sizes of one product are two lines.
ALTER TABLE order_item
  ADD COLUMN sku_id INT NULL,
  ADD UNIQUE KEY order_item_line (order_id, product_id, sku_id),
  DROP KEY order_item_of_order;
