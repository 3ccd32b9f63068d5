-- From where a user logged in within the last 30 days: there, failed logins of others do not lock him out.
CREATE TABLE login_address (
  user_id BIGINT NOT NULL,
  address VARCHAR(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  last_at DATETIME(3) NOT NULL,
  PRIMARY KEY (user_id, address),
  KEY login_address_by_age (last_at)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_520_ci;
