-- Which business order a payment pays; none: an order of the time before. `open_for` allows one open attempt each.
ALTER TABLE payorder
  ADD COLUMN shop_order_id BIGINT UNSIGNED NULL,
  ADD COLUMN holds_stock TINYINT NOT NULL DEFAULT 0,
  ADD COLUMN open_for BIGINT UNSIGNED GENERATED ALWAYS AS
    (IF(trade_state IN ('NOTPAY', 'USERPAYING', 'PAYERROR'), shop_order_id, NULL)) VIRTUAL,
  ADD UNIQUE KEY payorder_one_open (open_for),
  ADD KEY payorder_of_shop_order (shop_order_id, id);
