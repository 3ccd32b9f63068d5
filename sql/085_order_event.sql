-- What happened to an order, who did it, and from which state to which. Written in the transaction that did it.
CREATE TABLE order_event (
  id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT,
  order_id BIGINT UNSIGNED NOT NULL,
  event VARCHAR(24) NOT NULL,
  state_before VARCHAR(16) NULL,
  state_after VARCHAR(16) NULL,
  actor VARCHAR(32) NOT NULL,
  detail VARCHAR(500) NULL,
  at DATETIME(3) NOT NULL,
  PRIMARY KEY (id),
  KEY order_event_of_order (order_id, id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_520_ci;
