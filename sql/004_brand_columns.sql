-- Adds what a Koa shop's table lacks. MySQL has no ADD COLUMN IF NOT EXISTS, so the statement is put together from
-- the columns that are missing; a second run finds none and does nothing.
SET SESSION group_concat_max_len = 100000;
SET @missing = (
  SELECT GROUP_CONCAT('ADD COLUMN ', wanted.definition SEPARATOR ', ')
  FROM (
    SELECT 'brandName' AS name, 'brandName VARCHAR(50) NULL' AS definition
    UNION ALL SELECT 'categoryId', 'categoryId INT NULL'
    UNION ALL SELECT 'brandLogo', 'brandLogo VARCHAR(255) NULL'
    UNION ALL SELECT 'hot', 'hot TINYINT NULL'
  ) AS wanted
  WHERE LOWER(wanted.name) COLLATE utf8mb4_general_ci NOT IN (
    SELECT LOWER(CONVERT(COLUMN_NAME USING utf8mb4)) COLLATE utf8mb4_general_ci
    FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'brand'
  )
);
SET @statement = IF(@missing IS NULL, 'DO 0', CONCAT('ALTER TABLE brand ', @missing));
PREPARE add_columns FROM @statement;
EXECUTE add_columns;
DEALLOCATE PREPARE add_columns;
