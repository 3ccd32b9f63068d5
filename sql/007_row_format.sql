-- Tables born on an old server keep its row format through every upgrade, and an index of such a table takes 767 bytes
-- only: too few for a key over a long text. Nothing happens where a table is absent or has a newer format already.
SET @statement = IF(
  (SELECT ROW_FORMAT FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'category') IN ('Compact', 'Redundant'),
  'ALTER TABLE category ROW_FORMAT = DYNAMIC', 'DO 0');
PREPARE to_dynamic FROM @statement;
EXECUTE to_dynamic;

SET @statement = IF(
  (SELECT ROW_FORMAT FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'brand') IN ('Compact', 'Redundant'),
  'ALTER TABLE brand ROW_FORMAT = DYNAMIC', 'DO 0');
PREPARE to_dynamic FROM @statement;
EXECUTE to_dynamic;

SET @statement = IF(
  (SELECT ROW_FORMAT FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'user') IN ('Compact', 'Redundant'),
  'ALTER TABLE user ROW_FORMAT = DYNAMIC', 'DO 0');
PREPARE to_dynamic FROM @statement;
EXECUTE to_dynamic;

SET @statement = IF(
  (SELECT ROW_FORMAT FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'payorder') IN ('Compact', 'Redundant'),
  'ALTER TABLE payorder ROW_FORMAT = DYNAMIC', 'DO 0');
PREPARE to_dynamic FROM @statement;
EXECUTE to_dynamic;
DEALLOCATE PREPARE to_dynamic;
