-- The lines of WeChat's bill that belong to this shop, amounts in fen.
CREATE TABLE bill_line (
  id BIGINT NOT NULL AUTO_INCREMENT,
  bill_date CHAR(8) NOT NULL,
  kind VARCHAR(8) NOT NULL,
  out_trade_no VARCHAR(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  transaction_id VARCHAR(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  out_refund_no VARCHAR(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL DEFAULT '',
  amount_fen INT UNSIGNED NOT NULL,
  PRIMARY KEY (id),
  KEY bill_line_of_day (bill_date, kind, transaction_id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_general_ci;
