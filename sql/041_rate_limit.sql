-- The recent hits of one subject, as a JSON list of epoch milliseconds.
CREATE TABLE rate_limit (
  bucket VARCHAR(190) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  hits TEXT NOT NULL,
  expires_at DATETIME(3) NOT NULL,
  PRIMARY KEY (bucket),
  KEY rate_limit_expired (expires_at)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_general_ci;
