UPDATE payorder
JOIN (SELECT out_trade_no, MIN(id) AS first_id FROM payorder GROUP BY out_trade_no HAVING COUNT(*) > 1) AS repeated
  ON payorder.out_trade_no = repeated.out_trade_no AND payorder.id <> repeated.first_id
SET payorder.out_trade_no_repeat = payorder.id;

UPDATE payorder
JOIN (SELECT transaction_id, MIN(id) AS first_id FROM payorder GROUP BY transaction_id HAVING COUNT(*) > 1) AS repeated
  ON payorder.transaction_id = repeated.transaction_id AND payorder.id <> repeated.first_id
SET payorder.transaction_id_repeat = payorder.id;
