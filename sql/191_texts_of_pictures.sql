-- The same for pictures and stock of products.
SET SESSION group_concat_max_len = 100000;
PREPARE find_changes FROM '
  SELECT GROUP_CONCAT(change_of SEPARATOR '', '') INTO @changes
  FROM (
    SELECT CONCAT(''MODIFY `'', CONVERT(COLUMN_NAME USING utf8mb4), ''` '', CONVERT(COLUMN_TYPE USING utf8mb4),
        '' CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_520_ci'', IF(IS_NULLABLE = ''NO'', '' NOT NULL'', '' NULL''),
        CASE
          WHEN COLUMN_DEFAULT IS NULL THEN ''''
          WHEN VERSION() LIKE ''%MariaDB%'' THEN CONCAT('' DEFAULT '', CONVERT(COLUMN_DEFAULT USING utf8mb4))
          ELSE CONCAT('' DEFAULT '', QUOTE(CONVERT(COLUMN_DEFAULT USING utf8mb4)))
        END,
        IF(COLUMN_COMMENT = '''', '''', CONCAT('' COMMENT '', QUOTE(CONVERT(COLUMN_COMMENT USING utf8mb4))))) AS change_of
    FROM information_schema.COLUMNS
    WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = @table AND COLLATION_NAME = ''utf8mb4_general_ci''
      AND EXTRA NOT LIKE ''%GENERATED%''
  ) AS found';

SET @table = 'product_img';
EXECUTE find_changes;
SET @statement = IF(@changes IS NULL, 'DO 0',
  CONCAT('ALTER TABLE `product_img` DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_520_ci, ', @changes));
PREPARE change_table FROM @statement;
EXECUTE change_table;

SET @table = 'sku_stock';
EXECUTE find_changes;
SET @statement = IF(@changes IS NULL, 'DO 0',
  CONCAT('ALTER TABLE `sku_stock` DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_520_ci, ', @changes));
PREPARE change_table FROM @statement;
EXECUTE change_table;

DEALLOCATE PREPARE change_table;
DEALLOCATE PREPARE find_changes;
