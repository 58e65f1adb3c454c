import { connect } from "node:net";
import { Duplex } from "node:stream";
import type { ProxyWay, ServeWay } from "../../src/ways.ts";
import { serving } from "../node/serve.ts";

export const serveEcho: Record<string, ServeWay> = {
  "toWeb, pipeTo": () =>
    serving((socket) => {
      const { readable, writable } = Duplex.toWeb(socket);
      void readable.pipeTo(writable);
    }),
};

export const proxy: Record<string, ProxyWay> = {
  "toWeb, pipeTo": ({ port }) =>
    serving((socket) => {
      const one = Duplex.toWeb(socket);
      const other = Duplex.toWeb(
        connect({ port, host: "127.0.0.1", noDelay: true, allowHalfOpen: true }),
      );
      void one.readable.pipeTo(other.writable);
      void other.readable.pipeTo(one.writable);
    }),
};
