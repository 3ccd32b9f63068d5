-- A Koa shop may ask for more of a user than we know, such as a smscode in every row: what registration does not write
-- must be optional.
SET SESSION group_concat_max_len = 100000;
SET @required = (
  SELECT GROUP_CONCAT('MODIFY `', CONVERT(COLUMN_NAME USING utf8mb4), '` ', CONVERT(COLUMN_TYPE USING utf8mb4), ' NULL' SEPARATOR ', ')
  FROM information_schema.COLUMNS
  WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'user' AND IS_NULLABLE = 'NO' AND COLUMN_DEFAULT IS NULL
    AND COLUMN_NAME NOT IN ('id', 'username', 'password', 'mobile')
);
SET @statement = IF(@required IS NULL, 'DO 0', CONCAT('ALTER TABLE user ', @required));
PREPARE make_optional FROM @statement;
EXECUTE make_optional;
DEALLOCATE PREPARE make_optional;
