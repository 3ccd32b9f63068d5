-- What an order does not write when it is placed must be optional, whatever a Koa shop's table asked for.
SET SESSION group_concat_max_len = 100000;
SET @required = (
  SELECT GROUP_CONCAT('MODIFY `', CONVERT(COLUMN_NAME USING utf8mb4), '` ', CONVERT(COLUMN_TYPE USING utf8mb4), ' NULL' SEPARATOR ', ')
  FROM information_schema.COLUMNS
  WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'payorder' AND IS_NULLABLE = 'NO' AND COLUMN_DEFAULT IS NULL
    AND COLUMN_NAME NOT IN ('id', 'appid', 'mch_id', 'nonce_str', 'out_trade_no', 'total_fee')
);
SET @statement = IF(@required IS NULL, 'DO 0', CONCAT('ALTER TABLE payorder ', @required));
PREPARE make_optional FROM @statement;
EXECUTE make_optional;
DEALLOCATE PREPARE make_optional;
