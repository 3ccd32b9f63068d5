-- What 065 did for the first tables: texts of the others compare by utf8mb4_unicode_520_ci, too, so that no two columns that
-- meet in one statement compare differently. A table that is absent, or is as it should be, is left alone.
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

SET @table = 'sms_code';
EXECUTE find_changes;
SET @statement = IF(@changes IS NULL, 'DO 0',
  CONCAT('ALTER TABLE `sms_code` DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_520_ci, ', @changes));
PREPARE change_table FROM @statement;
EXECUTE change_table;

SET @table = 'rate_limit';
EXECUTE find_changes;
SET @statement = IF(@changes IS NULL, 'DO 0',
  CONCAT('ALTER TABLE `rate_limit` DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_520_ci, ', @changes));
PREPARE change_table FROM @statement;
EXECUTE change_table;

SET @table = 'payment_event';
EXECUTE find_changes;
SET @statement = IF(@changes IS NULL, 'DO 0',
  CONCAT('ALTER TABLE `payment_event` DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_520_ci, ', @changes));
PREPARE change_table FROM @statement;
EXECUTE change_table;

SET @table = 'bill_run';
EXECUTE find_changes;
SET @statement = IF(@changes IS NULL, 'DO 0',
  CONCAT('ALTER TABLE `bill_run` DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_520_ci, ', @changes));
PREPARE change_table FROM @statement;
EXECUTE change_table;

SET @table = 'bill_line';
EXECUTE find_changes;
SET @statement = IF(@changes IS NULL, 'DO 0',
  CONCAT('ALTER TABLE `bill_line` DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_520_ci, ', @changes));
PREPARE change_table FROM @statement;
EXECUTE change_table;

SET @table = 'bill_difference';
EXECUTE find_changes;
SET @statement = IF(@changes IS NULL, 'DO 0',
  CONCAT('ALTER TABLE `bill_difference` DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_520_ci, ', @changes));
PREPARE change_table FROM @statement;
EXECUTE change_table;

SET @table = 'product';
EXECUTE find_changes;
SET @statement = IF(@changes IS NULL, 'DO 0',
  CONCAT('ALTER TABLE `product` DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_520_ci, ', @changes));
PREPARE change_table FROM @statement;
EXECUTE change_table;

SET @table = 'sku';
EXECUTE find_changes;
SET @statement = IF(@changes IS NULL, 'DO 0',
  CONCAT('ALTER TABLE `sku` DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_520_ci, ', @changes));
PREPARE change_table FROM @statement;
EXECUTE change_table;

SET @table = 'stock_move';
EXECUTE find_changes;
SET @statement = IF(@changes IS NULL, 'DO 0',
  CONCAT('ALTER TABLE `stock_move` DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_520_ci, ', @changes));
PREPARE change_table FROM @statement;
EXECUTE change_table;

SET @table = 'size_chart';
EXECUTE find_changes;
SET @statement = IF(@changes IS NULL, 'DO 0',
  CONCAT('ALTER TABLE `size_chart` DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_520_ci, ', @changes));
PREPARE change_table FROM @statement;
EXECUTE change_table;

SET @table = 'product_term';
EXECUTE find_changes;
SET @statement = IF(@changes IS NULL, 'DO 0',
  CONCAT('ALTER TABLE `product_term` DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_520_ci, ', @changes));
PREPARE change_table FROM @statement;
EXECUTE change_table;

SET @table = 'address';
EXECUTE find_changes;
SET @statement = IF(@changes IS NULL, 'DO 0',
  CONCAT('ALTER TABLE `address` DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_520_ci, ', @changes));
PREPARE change_table FROM @statement;
EXECUTE change_table;

SET @table = 'cart_item';
EXECUTE find_changes;
SET @statement = IF(@changes IS NULL, 'DO 0',
  CONCAT('ALTER TABLE `cart_item` DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_520_ci, ', @changes));
PREPARE change_table FROM @statement;
EXECUTE change_table;

SET @table = 'freight_rule';
EXECUTE find_changes;
SET @statement = IF(@changes IS NULL, 'DO 0',
  CONCAT('ALTER TABLE `freight_rule` DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_520_ci, ', @changes));
PREPARE change_table FROM @statement;
EXECUTE change_table;

SET @table = 'shop_order';
EXECUTE find_changes;
SET @statement = IF(@changes IS NULL, 'DO 0',
  CONCAT('ALTER TABLE `shop_order` DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_520_ci, ', @changes));
PREPARE change_table FROM @statement;
EXECUTE change_table;

SET @table = 'shop_order_line';
EXECUTE find_changes;
SET @statement = IF(@changes IS NULL, 'DO 0',
  CONCAT('ALTER TABLE `shop_order_line` DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_520_ci, ', @changes));
PREPARE change_table FROM @statement;
EXECUTE change_table;

SET @table = 'order_event';
EXECUTE find_changes;
SET @statement = IF(@changes IS NULL, 'DO 0',
  CONCAT('ALTER TABLE `order_event` DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_520_ci, ', @changes));
PREPARE change_table FROM @statement;
EXECUTE change_table;

SET @table = 'shipment';
EXECUTE find_changes;
SET @statement = IF(@changes IS NULL, 'DO 0',
  CONCAT('ALTER TABLE `shipment` DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_520_ci, ', @changes));
PREPARE change_table FROM @statement;
EXECUTE change_table;

SET @table = 'shipment_line';
EXECUTE find_changes;
SET @statement = IF(@changes IS NULL, 'DO 0',
  CONCAT('ALTER TABLE `shipment_line` DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_520_ci, ', @changes));
PREPARE change_table FROM @statement;
EXECUTE change_table;

SET @table = 'after_sale';
EXECUTE find_changes;
SET @statement = IF(@changes IS NULL, 'DO 0',
  CONCAT('ALTER TABLE `after_sale` DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_520_ci, ', @changes));
PREPARE change_table FROM @statement;
EXECUTE change_table;

SET @table = 'login_address';
EXECUTE find_changes;
SET @statement = IF(@changes IS NULL, 'DO 0',
  CONCAT('ALTER TABLE `login_address` DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_520_ci, ', @changes));
PREPARE change_table FROM @statement;
EXECUTE change_table;

DEALLOCATE PREPARE change_table;
DEALLOCATE PREPARE find_changes;
