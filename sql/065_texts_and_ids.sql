-- Texts that people write compare by utf8mb4_unicode_520_ci: under utf8mb4_general_ci all characters beyond U+FFFF (rare
-- Han characters, emoji) are one and the same. Columns that compare by bytes stay as they are. In the same ALTER, so
-- that a table is rebuilt once, ids that grow with every request become BIGINT.
--
-- Each statement is put together from the columns that still are as they were; a second run finds none.
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
    UNION ALL
    SELECT CONCAT(''MODIFY `'', CONVERT(COLUMN_NAME USING utf8mb4), ''` BIGINT'', IF(IS_NULLABLE = ''NO'', '' NOT NULL'', '' NULL''),
        IF(EXTRA LIKE ''%auto_increment%'', '' AUTO_INCREMENT'', ''''))
    FROM information_schema.COLUMNS
    WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = @table AND DATA_TYPE = ''int''
      AND (COLUMN_NAME IN (''user_id'', ''order_id'')
        OR (COLUMN_NAME = ''id'' AND TABLE_NAME IN (''user'', ''payorder'', ''order_item'', ''refund'')))
  ) AS found';

-- Names that were two until now may be one from now on (ß and ss, あ and ア): the later ones keep their own id beside them.
UPDATE user
JOIN (
  SELECT username COLLATE utf8mb4_unicode_520_ci AS name, MIN(id) AS first_id FROM user WHERE username_repeat = 0
  GROUP BY username COLLATE utf8mb4_unicode_520_ci HAVING COUNT(*) > 1
) AS repeated ON user.username COLLATE utf8mb4_unicode_520_ci = repeated.name AND user.id <> repeated.first_id
SET user.username_repeat = user.id
WHERE user.username_repeat = 0;

SET @table = 'user';
EXECUTE find_changes;
SET @statement = IF(@changes IS NULL, 'DO 0',
  CONCAT('ALTER TABLE `user` DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_520_ci, ', @changes));
PREPARE change_table FROM @statement;
EXECUTE change_table;

SET @table = 'payorder';
EXECUTE find_changes;
SET @statement = IF(@changes IS NULL, 'DO 0',
  CONCAT('ALTER TABLE `payorder` DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_520_ci, ', @changes));
PREPARE change_table FROM @statement;
EXECUTE change_table;

SET @table = 'order_item';
EXECUTE find_changes;
SET @statement = IF(@changes IS NULL, 'DO 0',
  CONCAT('ALTER TABLE `order_item` DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_520_ci, ', @changes));
PREPARE change_table FROM @statement;
EXECUTE change_table;

SET @table = 'refund';
EXECUTE find_changes;
SET @statement = IF(@changes IS NULL, 'DO 0',
  CONCAT('ALTER TABLE `refund` DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_520_ci, ', @changes));
PREPARE change_table FROM @statement;
EXECUTE change_table;

SET @table = 'category';
EXECUTE find_changes;
SET @statement = IF(@changes IS NULL, 'DO 0',
  CONCAT('ALTER TABLE `category` DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_520_ci, ', @changes));
PREPARE change_table FROM @statement;
EXECUTE change_table;

SET @table = 'brand';
EXECUTE find_changes;
SET @statement = IF(@changes IS NULL, 'DO 0',
  CONCAT('ALTER TABLE `brand` DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_520_ci, ', @changes));
PREPARE change_table FROM @statement;
EXECUTE change_table;

SET @table = 'product';
EXECUTE find_changes;
SET @statement = IF(@changes IS NULL, 'DO 0',
  CONCAT('ALTER TABLE `product` DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_520_ci, ', @changes));
PREPARE change_table FROM @statement;
EXECUTE change_table;

SET @table = 'banner';
EXECUTE find_changes;
SET @statement = IF(@changes IS NULL, 'DO 0',
  CONCAT('ALTER TABLE `banner` DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_520_ci, ', @changes));
PREPARE change_table FROM @statement;
EXECUTE change_table;

SET @table = 'grid';
EXECUTE find_changes;
SET @statement = IF(@changes IS NULL, 'DO 0',
  CONCAT('ALTER TABLE `grid` DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_520_ci, ', @changes));
PREPARE change_table FROM @statement;
EXECUTE change_table;

DEALLOCATE PREPARE change_table;
DEALLOCATE PREPARE find_changes;
