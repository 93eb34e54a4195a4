ALTER TABLE orders ADD COLUMN total_cents bigint NOT NULL DEFAULT 0;
ALTER TABLE orders ALTER COLUMN total_cents DROP DEFAULT;
ALTER TABLE orders ADD CONSTRAINT orders_amounts CHECK (quantity > 0 AND total_cents >= 0);
