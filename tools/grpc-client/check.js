// SPDX-License-Identifier: Apache-2.0
// usage: node check.js PORT PROTO TOKEN   gRPC's own client against the operations of ashlar/grpc's tests.
import assert from "node:assert/strict";
import grpc from "@grpc/grpc-js";
import loader from "@grpc/proto-loader";

const [port, proto, token] = process.argv.slice(2);
const options = { keepCase: false, longs: String, defaults: false, oneofs: false };
const { v1 } = grpc.loadPackageDefinition(await loader.load(proto, options)).test;
const address = `127.0.0.1:${port}`;
const insecure = grpc.credentials.createInsecure();
const greetings = new v1.Greetings(address, insecure, { "grpc.default_compression_algorithm": 2 });
const things = new v1.Things(address, insecure);

function call(client, method, request, fields = {}, how = {}) {
  const metadata = new grpc.Metadata();
  for (const [name, value] of Object.entries(fields)) metadata.set(name, value);
  return new Promise((resolve, reject) => {
    client[method](request, metadata, how, (error, reply) => (error ? reject(error) : resolve(reply)));
  });
}
const fails = (promise, code) => assert.rejects(promise, (error) => error.code === code || assert.fail(String(error)));

assert.deepEqual(await call(greetings, "Greet", { name: "Ada", times: 2 }), { text: "Hello AdaHello Ada" });
assert.equal((await call(greetings, "LongText", {})).text.length, 5000);
assert.equal((await call(greetings, "ListGreetings", {})).items.length, 2);
assert.deepEqual(await call(greetings, "Nothing", {}), {});
assert.deepEqual(await call(greetings, "RepeatKey", {}, { "idempotency-key": "k" }), { text: "k" });
const signedIn = { authorization: `Bearer ${token}` };
assert.equal((await call(greetings, "Leave", { name: "Ada" }, signedIn)).farewell.words, "Bye Ada");

const thing = {
  id: "01234567-89ab-7def-8123-456789abcdef", name: "N", count: "-9007199254740993", isNew: true, weight: 0.5,
  colour: "green", madeAt: { seconds: "5", nanos: 1000000 }, note: "", age: { value: "0" }, limit: "7",
  numbers: ["1", "-1"], words: ["a"], part: { name: "p", parts: [{ name: "q" }] }, shape: { circle: { radius: 2.5 } },
  data: '{"a":1}',
};
const echoed = await call(things, "Echo", thing);
for (const [name, value] of Object.entries(thing)) {
  assert.deepEqual(JSON.parse(JSON.stringify(echoed[name])), value, name);
}

await fails(call(greetings, "Leave", { name: "Ada" }), grpc.status.UNAUTHENTICATED);
await fails(call(greetings, "Refuse", { name: "late" }), grpc.status.UNAVAILABLE);
await fails(call(greetings, "Refuse", { name: "Ada" }), grpc.status.INTERNAL);
await fails(call(greetings, "Wait", {}, {}, { deadline: Date.now() + 20 }), grpc.status.DEADLINE_EXCEEDED);
await assert.rejects(call(greetings, "Greet", { name: "", times: 9 }), (error) =>
  error.code === grpc.status.INVALID_ARGUMENT &&
  error.metadata.get("grpc-status-details-bin")[0].toString("latin1").includes("google.rpc.BadRequest"));
const unknown = grpc.makeGenericClientConstructor({
  nope: { path: "/test.v1.Greetings/Nope", requestStream: false, responseStream: false,
    requestSerialize: () => Buffer.alloc(0), responseDeserialize: (bytes) => bytes },
});
await fails(call(new unknown(address, insecure), "nope", {}), grpc.status.UNIMPLEMENTED);

const texts = [];
for await (const each of greetings.Count({ name: "Ada", times: 2 })) texts.push(each.text);
assert.deepEqual(texts, ["1", "2"]);
await assert.rejects((async () => {
  for await (const each of greetings.Count({ name: "Ada", times: 3 })) texts.push(each.text);
})(), (error) => error.code === grpc.status.UNAVAILABLE);
assert.equal(texts.length, 5);
console.log("agreed");
process.exit(0);
