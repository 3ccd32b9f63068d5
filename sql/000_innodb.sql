-- A Koa shop whose server was set to another engine has tables without transactions and row locks, which everything
-- here relies on. Nothing happens where a table is absent or InnoDB already.
SET @statement = IF(
  (SELECT ENGINE FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'category') <> 'InnoDB',
  'ALTER TABLE category ENGINE = InnoDB', 'DO 0');
PREPARE to_innodb FROM @statement;
EXECUTE to_innodb;

SET @statement = IF(
  (SELECT ENGINE FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'brand') <> 'InnoDB',
  'ALTER TABLE brand ENGINE = InnoDB', 'DO 0');
PREPARE to_innodb FROM @statement;
EXECUTE to_innodb;

SET @statement = IF(
  (SELECT ENGINE FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'user') <> 'InnoDB',
  'ALTER TABLE user ENGINE = InnoDB', 'DO 0');
PREPARE to_innodb FROM @statement;
EXECUTE to_innodb;

SET @statement = IF(
  (SELECT ENGINE FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'payorder') <> 'InnoDB',
  'ALTER TABLE payorder ENGINE = InnoDB', 'DO 0');
PREPARE to_innodb FROM @statement;
EXECUTE to_innodb;
DEALLOCATE PREPARE to_innodb;
