-- The second of the tutorial's two shapes: the order as it was placed. The first one holds what the notify brought.
CREATE TABLE IF NOT EXISTS payorder (
  id INT NOT NULL AUTO_INCREMENT,
  appid VARCHAR(50) NOT NULL,
  mch_id VARCHAR(50) NOT NULL,
  nonce_str VARCHAR(50) NOT NULL,
  body VARCHAR(100) NOT NULL,
  out_trade_no VARCHAR(50) NOT NULL,
  total_fee VARCHAR(50) NOT NULL,
  spbill_create_ip VARCHAR(50) NOT NULL,
  trade_type VARCHAR(20) NOT NULL,
  trade_state VARCHAR(20) NOT NULL,
  PRIMARY KEY (id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_general_ci;
