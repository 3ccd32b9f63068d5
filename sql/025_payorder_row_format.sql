-- The same for a `payorder` that was made a moment ago, on a server whose own default is the old format.
SET @statement = IF(
  (SELECT ROW_FORMAT FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'payorder') IN ('Compact', 'Redundant'),
  'ALTER TABLE payorder ROW_FORMAT = DYNAMIC', 'DO 0');
PREPARE to_dynamic FROM @statement;
EXECUTE to_dynamic;
DEALLOCATE PREPARE to_dynamic;
