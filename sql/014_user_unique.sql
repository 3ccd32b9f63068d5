ALTER TABLE user
  ADD UNIQUE KEY user_username (username, username_repeat),
  ADD UNIQUE KEY user_mobile (mobile, mobile_repeat);
