// SPDX-License-Identifier: Apache-2.0
// Compiled, never run: what the types of the generated client accept and refuse.
import {
  createClient, items, unwrap, type ApiError, type Code, type CommonCode, type OwnCode,
} from "./client/api.js";
import type { Components, Order, OrderStatus, Product, UpdateProductBody, User } from "./client/types.js";
import type { components } from "./openapi.js";

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
type True<T extends true> = T;

const { api, realtime } = createClient({ baseUrl: "https://api.example" });

// The error type of an operation is the union of its documented codes.
export type Codes = [
  True<Same<OwnCode<"createOrder">, "order.out_of_stock" | "idempotency.mismatch">>,
  True<Same<OwnCode<"getOrder">, "order.not_found">>,
  True<"auth.token_expired" extends Code<"me"> ? true : false>,
  True<"order.out_of_stock" extends Code<"createOrder"> ? true : false>,
  True<"order.out_of_stock" extends Code<"getOrder"> ? false : true>,
  True<"client.network" extends CommonCode ? true : false>,
  True<Same<OrderStatus, "pending" | "paid" | "cancelled" | "refunded">>,
  True<Same<Order["userId"], string | null>>,
  True<Same<Product["price"], string>>,
  True<Same<UpdateProductBody["description"], string | null | undefined>>,
];
function never(value: never): never {
  throw new Error(String(value));
}

// A switch over the codes of an operation is checked to be complete.
export async function place(productId: string): Promise<string> {
  const placed = await api.createOrder({ items: [{ productId, quantity: 1 }] }, { idempotencyKey: "one" });
  if (placed.ok) return placed.data.id;
  switch (placed.error.code) {
    case "order.out_of_stock":
      return "later";
    case "idempotency.mismatch":
      return "another order";
    // @ts-expect-error: no such code
    case "order.out_of_stok":
      return "";
    default: {
      const rest: Exclude<Code<"createOrder">, "order.out_of_stock" | "idempotency.mismatch"> = placed.error.code;
      // @ts-expect-error: not all codes are handled
      return never(rest);
    }
  }
}

export async function misuse(id: string): Promise<void> {
  // @ts-expect-error: the items are missing
  await api.createOrder({});
  // @ts-expect-error: a quantity is a number
  await api.createOrder({ items: [{ productId: id, quantity: "1" }] });
  // @ts-expect-error: an unknown member
  await api.createOrder({ items: [], note: "" });
  // @ts-expect-error: an absent member is not an undefined one
  await api.updateMe({ age: undefined });
  await api.updateMe({ age: null });
  // @ts-expect-error: the id is missing
  await api.getOrder({});
  // @ts-expect-error: not an order of this list
  await api.listOrders({ sort: "price" });
  // @ts-expect-error: there is no such operation
  await api.deleteOrder({ id });
  const found = await api.getOrder({ id });
  // @ts-expect-error: it may have failed
  found.data.id;
  if (found.ok) {
    // @ts-expect-error: orders have no such member
    found.data.price;
    // @ts-expect-error: a successful result has no error
    found.error;
  }
  const signedIn = await unwrap(api.login({ email: "ada@example.com", password: "a long password" }));
  // @ts-expect-error: it may want a second factor
  signedIn.user.id;
  if ("user" in signedIn) signedIn.user.id satisfies string;
  for await (const user of items(api.listUsers, { search: "a" })) user satisfies User;
  // @ts-expect-error: not a list
  items(api.me, {});
  const live = realtime();
  const over = await live.call("getOrder", { id });
  if (over.ok) over.data.total satisfies string;
  else over.error satisfies ApiError<Code<"getOrder">>;
  // @ts-expect-error: the id is missing
  await live.call("getOrder", {});
}

// openapi-typescript makes the same types from the same schemas. The client has more of them: those of features that are
// off by default.
type Theirs = components["schemas"];
type Alike<A, B> = [A] extends [B] ? ([B] extends [A] ? true : false) : false;
type Differing = {
  [Name in keyof Theirs & keyof Components]: Alike<Components[Name], Theirs[Name]> extends true ? never : Name;
}[keyof Theirs & keyof Components];
export type Agreed = [True<Same<Differing, never>>, True<Same<Exclude<keyof Theirs, keyof Components>, never>>];
