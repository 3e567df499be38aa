// SPDX-License-Identifier: Apache-2.0
// usage: node check.js HOST PORT   Stripe's own client against an API that claims to be Stripe's.
import assert from "node:assert/strict";
import Stripe from "stripe";

const [host, port] = process.argv.slice(2);
const options = { host, port, protocol: "http", maxNetworkRetries: 2, telemetry: false };
const stripe = new Stripe("sk_test_simulator", options);
const names = { payment_id: "01900000-0000-7000-8000-000000000001", order_id: "an order" };
const wanted = { amount: 1250, currency: "eur", metadata: names };

const open = await stripe.paymentIntents.create(wanted, { idempotencyKey: "first" });
assert.equal(open.status, "requires_payment_method");
assert.equal(open.amount, 1250);
assert.deepEqual({ ...open.metadata }, names);
assert.ok(open.client_secret.startsWith(open.id));
assert.equal((await stripe.paymentIntents.create(wanted, { idempotencyKey: "first" })).id, open.id);
await assert.rejects(stripe.paymentIntents.create({ ...wanted, amount: 1 }, { idempotencyKey: "first" }), (error) =>
  error instanceof Stripe.errors.StripeIdempotencyError);
await assert.rejects(stripe.paymentIntents.create({ ...wanted, amount: 1 }), (error) =>
  error instanceof Stripe.errors.StripeInvalidRequestError && error.code === "amount_too_small");

await assert.rejects(stripe.paymentIntents.confirm(open.id, { payment_method: "pm_card_chargeDeclined" }), (error) =>
  error instanceof Stripe.errors.StripeCardError && error.decline_code === "generic_decline" &&
  error.payment_intent.last_payment_error.code === "card_declined");
const paid = await stripe.paymentIntents.confirm(open.id, { payment_method: "pm_card_visa" });
assert.equal(paid.status, "succeeded");
assert.equal((await stripe.paymentIntents.retrieve(open.id)).status, "succeeded");
await assert.rejects(stripe.paymentIntents.cancel(open.id), (error) =>
  error instanceof Stripe.errors.StripeInvalidRequestError && error.code === "payment_intent_unexpected_state");
await assert.rejects(stripe.paymentIntents.retrieve("pi_none"), (error) => error.code === "resource_missing");

const refund = await stripe.refunds.create({ payment_intent: open.id });
assert.equal(refund.status, "succeeded");
await assert.rejects(stripe.refunds.create({ payment_intent: open.id }), (error) =>
  error.code === "charge_already_refunded");

const slow = await stripe.paymentIntents.create({ ...wanted, payment_method: "pm_slow", confirm: true });
assert.equal(slow.status, "processing");
const unused = await stripe.paymentIntents.create(wanted);
assert.equal((await stripe.paymentIntents.cancel(unused.id)).status, "canceled");

const listed = [];
for await (const each of stripe.paymentIntents.list({ limit: 1, created: { gte: 0 } })) listed.push(each.id);
assert.deepEqual(listed.slice(0, 3), [unused.id, slow.id, open.id]);

const stranger = new Stripe("sk_test_other", options);
await assert.rejects(stranger.paymentIntents.retrieve(open.id), (error) =>
  error instanceof Stripe.errors.StripeAuthenticationError);

// Events come on standard input, one a line, each behind its Stripe-Signature and a TAB.
let events = "";
for await (const piece of process.stdin) events += piece;
for (const line of events.split("\n").filter(Boolean)) {
  const [signature, body] = line.split("\t");
  const event = stripe.webhooks.constructEvent(body, signature, "whsec_simulator", 1e10);
  assert.ok(event.type);
  assert.throws(() => stripe.webhooks.constructEvent(body + " ", signature, "whsec_simulator", 1e10));
}
process.stdout.write("agreed\n", () => process.exit(0)); // without waiting for kept connections
