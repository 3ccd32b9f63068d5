CREATE TABLE bill_difference (
  id BIGINT NOT NULL AUTO_INCREMENT,
  bill_date CHAR(8) NOT NULL,
  kind VARCHAR(32) NOT NULL,
  out_trade_no VARCHAR(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  transaction_id VARCHAR(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  out_refund_no VARCHAR(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL DEFAULT '',
  here_fen INT UNSIGNED NULL,
  there_fen INT UNSIGNED NULL,
  found_at DATETIME(3) NOT NULL,
  PRIMARY KEY (id),
  KEY bill_difference_of_day (bill_date, id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_general_ci;
