-- With which gateway an order was made, and when it was last asked about: who was asked about least recently goes first.
ALTER TABLE payorder
  ADD COLUMN gateway VARCHAR(16) NOT NULL DEFAULT 'wechat-v2',
  ADD COLUMN asked_at DATETIME(3) NULL,
  ADD KEY payorder_unasked (trade_state, mch_id, out_trade_no_repeat, asked_at, id),
  ADD KEY payorder_apps (mch_id, appid),
  ADD KEY payorder_open_of_user (user_id, trade_state),
  ADD KEY payorder_attention (attention, id);
