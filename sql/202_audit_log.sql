-- What the shop's people did, and which personal data they read. Only ever added to: docs/operations.md has the grants that
-- leave the application nothing else. `admin_id` is null where ops did it. Mobiles in the two JSON texts are masked.
CREATE TABLE audit_log (
  id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT,
  admin_id INT NULL,
  action VARCHAR(40) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  target VARCHAR(80) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  value_before TEXT NULL,
  value_after TEXT NULL,
  address VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NULL,
  request_id VARCHAR(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  at DATETIME(3) NOT NULL,
  PRIMARY KEY (id),
  KEY audit_log_of_target (target, id),
  KEY audit_log_of_admin (admin_id, id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_520_ci;
