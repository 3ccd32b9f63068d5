-- The shop's own people. Nobody is one by default: a row comes into being when an invite is accepted with both factors.
-- `totp_secret` is sealed with a key of the environment; of each time step one code serves, so the last one is kept.
CREATE TABLE admin (
  id INT NOT NULL AUTO_INCREMENT,
  username VARCHAR(32) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  mobile VARCHAR(20) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  role VARCHAR(16) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  state VARCHAR(16) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL DEFAULT 'ACTIVE',
  password VARCHAR(128) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  totp_secret VARCHAR(255) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  totp_step BIGINT NOT NULL DEFAULT 0,
  token_version INT UNSIGNED NOT NULL DEFAULT 1,
  last_address VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NULL,
  last_login_at DATETIME(3) NULL,
  created_at DATETIME(3) NOT NULL,
  updated_at DATETIME(3) NOT NULL,
  PRIMARY KEY (id),
  UNIQUE KEY admin_username (username)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_520_ci;
