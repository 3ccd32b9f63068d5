-- A shopper's address book. `default_of` is the user while the address is the default, so that a key allows one each.
CREATE TABLE address (
  id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT,
  user_id INT NOT NULL,
  receiver VARCHAR(25) NOT NULL,
  mobile VARCHAR(20) NOT NULL,
  region_code CHAR(6) NOT NULL,
  region_name VARCHAR(60) NOT NULL,
  detail VARCHAR(120) NOT NULL,
  is_default TINYINT NOT NULL DEFAULT 0,
  default_of INT GENERATED ALWAYS AS (IF(is_default = 1, user_id, NULL)) VIRTUAL,
  created_at DATETIME(3) NOT NULL,
  updated_at DATETIME(3) NOT NULL,
  PRIMARY KEY (id),
  UNIQUE KEY address_default (default_of),
  KEY address_of_user (user_id, id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_520_ci;
