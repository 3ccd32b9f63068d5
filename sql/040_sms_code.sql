-- Codes are stored hashed, bound to a mobile and a purpose, and serve once.
CREATE TABLE sms_code (
  id BIGINT NOT NULL AUTO_INCREMENT,
  mobile CHAR(11) NOT NULL,
  purpose VARCHAR(16) NOT NULL,
  code_hash VARCHAR(255) NOT NULL,
  wrong_tries INT UNSIGNED NOT NULL DEFAULT 0,
  used_at DATETIME(3) NULL,
  expires_at DATETIME(3) NOT NULL,
  created_at DATETIME(3) NOT NULL,
  PRIMARY KEY (id),
  KEY sms_code_latest (mobile, purpose, id),
  KEY sms_code_expired (expires_at)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_general_ci;
