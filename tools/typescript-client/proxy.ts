// SPDX-License-Identifier: Apache-2.0
// A TCP proxy whose connections can be lost.
import { createServer, connect, type AddressInfo, type Socket } from "node:net";
import { once } from "node:events";

export class Proxy {
  readonly #open = new Set<Socket>();
  readonly #server;
  /** How many answers are thrown away, each with its connection. */
  loseAnswers = 0;

  constructor(target: number) {
    this.#server = createServer((client) => {
      const server = connect(target, "127.0.0.1");
      const end = () => {
        this.#open.delete(client);
        client.destroy();
        server.destroy();
      };
      this.#open.add(client);
      client.on("data", (bytes) => server.write(bytes)).on("close", end).on("error", end);
      server.on("close", end).on("error", end).on("data", (bytes) => {
        if (this.loseAnswers > 0) {
          --this.loseAnswers;
          return end();
        }
        client.write(bytes);
      });
    });
  }
  async listen(): Promise<string> {
    this.#server.listen(0, "127.0.0.1");
    await once(this.#server, "listening");
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }
  cut(): void {
    for (const socket of this.#open) socket.resetAndDestroy();
  }
}
