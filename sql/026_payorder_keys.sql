ALTER TABLE payorder
  ADD UNIQUE KEY payorder_out_trade_no (out_trade_no, out_trade_no_repeat),
  ADD UNIQUE KEY payorder_transaction_id (transaction_id, transaction_id_repeat),
  ADD UNIQUE KEY payorder_idempotency_key (user_id, idempotency_key),
  ADD KEY payorder_of_user (user_id, id),
  ADD KEY payorder_by_state (trade_state, id);
