-- A scrypt hash with its parameters is longer than an MD5.
ALTER TABLE user MODIFY password VARCHAR(255) DEFAULT NULL;
