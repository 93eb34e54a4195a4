-- A new shop has something to sell, so that it can be tried at once.
INSERT INTO products (name, price_cents) VALUES ('Tea pot', 2900);
INSERT INTO products (name, price_cents) VALUES ('Tea, 100 g', 650);
INSERT INTO products (name, price_cents) VALUES ('Cup', 900);
