UPDATE user
JOIN (SELECT username, MIN(id) AS first_id FROM user GROUP BY username HAVING COUNT(*) > 1) AS repeated
  ON user.username = repeated.username AND user.id <> repeated.first_id
SET user.username_repeat = user.id;

UPDATE user
JOIN (SELECT mobile, MIN(id) AS first_id FROM user GROUP BY mobile HAVING COUNT(*) > 1) AS repeated
  ON user.mobile = repeated.mobile AND user.id <> repeated.first_id
SET user.mobile_repeat = user.id;
