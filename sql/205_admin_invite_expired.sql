-- Invites that hold no more are found by their time, and swept.
ALTER TABLE admin_invite ADD KEY admin_invite_expired (expires_at);
