-- Brings both shapes of the tutorial's table to one. `out_trade_no_repeat` and `transaction_id_repeat` do for old
-- rows what `username_repeat` does in `user`.
SET SESSION group_concat_max_len = 100000;
SET @missing = (
  SELECT GROUP_CONCAT('ADD COLUMN ', wanted.definition SEPARATOR ', ')
  FROM (
    SELECT 'body' AS name, 'body VARCHAR(255) NULL' AS definition
    UNION ALL SELECT 'spbill_create_ip', 'spbill_create_ip VARCHAR(64) NULL'
    UNION ALL SELECT 'trade_state', 'trade_state VARCHAR(32) NULL'
    UNION ALL SELECT 'bank_type', 'bank_type VARCHAR(50) NULL'
    UNION ALL SELECT 'cash_fee', 'cash_fee VARCHAR(50) NULL'
    UNION ALL SELECT 'fee_type', 'fee_type VARCHAR(50) NULL'
    UNION ALL SELECT 'is_subscribe', 'is_subscribe VARCHAR(50) NULL'
    UNION ALL SELECT 'openid', 'openid VARCHAR(128) NULL'
    UNION ALL SELECT 'sign', 'sign VARCHAR(64) NULL'
    UNION ALL SELECT 'time_end', 'time_end VARCHAR(50) NULL'
    UNION ALL SELECT 'transaction_id', 'transaction_id VARCHAR(50) NULL'
    UNION ALL SELECT 'user_id', 'user_id INT NULL'
    UNION ALL SELECT 'product_id', 'product_id VARCHAR(32) NULL'
    UNION ALL SELECT 'sign_type', 'sign_type VARCHAR(16) NULL'
    UNION ALL SELECT 'notify_url', 'notify_url VARCHAR(256) NULL'
    UNION ALL SELECT 'time_start', 'time_start VARCHAR(14) NULL'
    UNION ALL SELECT 'time_expire', 'time_expire VARCHAR(14) NULL'
    UNION ALL SELECT 'prepay_id', 'prepay_id VARCHAR(64) NULL'
    UNION ALL SELECT 'code_url', 'code_url VARCHAR(256) NULL'
    UNION ALL SELECT 'code_url_at', 'code_url_at DATETIME(3) NULL'
    UNION ALL SELECT 'trade_state_desc', 'trade_state_desc VARCHAR(256) NULL'
    UNION ALL SELECT 'coupon_fee', 'coupon_fee INT UNSIGNED NULL'
    UNION ALL SELECT 'settlement_total_fee', 'settlement_total_fee INT UNSIGNED NULL'
    UNION ALL SELECT 'attention', 'attention VARCHAR(32) NULL'
    UNION ALL SELECT 'idempotency_key', 'idempotency_key VARCHAR(255) NULL'
    UNION ALL SELECT 'request_hash', 'request_hash CHAR(64) NULL'
    UNION ALL SELECT 'claimed_until', 'claimed_until DATETIME(3) NULL'
    UNION ALL SELECT 'created_at', 'created_at DATETIME(3) NULL'
    UNION ALL SELECT 'updated_at', 'updated_at DATETIME(3) NULL'
    UNION ALL SELECT 'out_trade_no_repeat', 'out_trade_no_repeat INT NOT NULL DEFAULT 0'
    UNION ALL SELECT 'transaction_id_repeat', 'transaction_id_repeat INT NOT NULL DEFAULT 0'
  ) AS wanted
  WHERE LOWER(wanted.name) COLLATE utf8mb4_general_ci NOT IN (
    SELECT LOWER(CONVERT(COLUMN_NAME USING utf8mb4)) COLLATE utf8mb4_general_ci
    FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'payorder'
  )
);
SET @statement = IF(@missing IS NULL, 'DO 0', CONCAT('ALTER TABLE payorder ', @missing));
PREPARE add_columns FROM @statement;
EXECUTE add_columns;
DEALLOCATE PREPARE add_columns;
