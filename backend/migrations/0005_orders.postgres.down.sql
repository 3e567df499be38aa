-- SPDX-License-Identifier: Apache-2.0
drop table idempotency_keys;
drop table payments;
drop table order_items;
drop table orders;
