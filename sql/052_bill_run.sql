CREATE TABLE bill_run (
  bill_date CHAR(8) NOT NULL,
  bill_lines INT UNSIGNED NOT NULL,
  paid_there_fen BIGINT NOT NULL,
  refunded_there_fen BIGINT NOT NULL,
  paid_here_fen BIGINT NOT NULL,
  refunded_here_fen BIGINT NOT NULL,
  differences INT UNSIGNED NOT NULL,
  finished_at DATETIME(3) NOT NULL,
  PRIMARY KEY (bill_date)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_general_ci;
