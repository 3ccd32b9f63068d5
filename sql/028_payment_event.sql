-- The journal: every fact about a payment that came from outside and passed verification, and what became of it.
-- The same fact told again only raises `times`.
CREATE TABLE payment_event (
  id BIGINT NOT NULL AUTO_INCREMENT,
  event_key CHAR(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  source VARCHAR(16) NOT NULL,
  out_trade_no VARCHAR(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  transaction_id VARCHAR(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NULL,
  trade_state VARCHAR(32) NOT NULL,
  total_fee INT UNSIGNED NULL,
  fee_type VARCHAR(16) NULL,
  verdict VARCHAR(32) NOT NULL,
  state_before VARCHAR(32) NULL,
  state_after VARCHAR(32) NULL,
  fields TEXT NOT NULL,
  times INT UNSIGNED NOT NULL DEFAULT 1,
  first_at DATETIME(3) NOT NULL,
  last_at DATETIME(3) NOT NULL,
  PRIMARY KEY (id),
  UNIQUE KEY payment_event_key (event_key),
  KEY payment_event_of_order (out_trade_no, id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_general_ci;
