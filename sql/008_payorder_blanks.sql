-- Old rows without an order number or a trade type stay, with an empty number and the only type that there was; the
-- columns become NOT NULL further on. Nothing happens where no Koa shop left a table.
SET @statement = IF(
  EXISTS (SELECT 1 FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'payorder'),
  'UPDATE payorder SET out_trade_no = COALESCE(out_trade_no, ''''), trade_type = COALESCE(trade_type, ''NATIVE'')',
  'DO 0');
PREPARE fill_blanks FROM @statement;
EXECUTE fill_blanks;
DEALLOCATE PREPARE fill_blanks;
