-- The first shape was written by the notify: its rows are payments. Amounts that are none become 0, which no
-- payment can equal; an empty transaction_id is none.
UPDATE payorder SET trade_state = NULL WHERE trade_state = '';
UPDATE payorder SET transaction_id = NULL WHERE transaction_id IN ('', 'undefined', 'null');
UPDATE payorder SET trade_state = 'SUCCESS' WHERE trade_state IS NULL AND transaction_id IS NOT NULL;
UPDATE payorder SET trade_state = 'NOTPAY' WHERE trade_state IS NULL;
UPDATE payorder SET total_fee = '0' WHERE total_fee IS NULL OR total_fee NOT REGEXP '^[0-9]{1,9}$';
UPDATE payorder SET cash_fee = NULL WHERE cash_fee NOT REGEXP '^[0-9]{1,9}$';
