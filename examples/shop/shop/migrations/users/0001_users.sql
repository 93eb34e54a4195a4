-- A statement ends with a semicolon at the end of a line.
CREATE TABLE users (
    id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    username text NOT NULL,
    password_hash text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now()
);
-- Alice and alice are one person.
CREATE UNIQUE INDEX users_username ON users (lower(username));
COMMENT ON COLUMN users.password_hash IS 'scrypt$<salt>$<key>, in hex';
