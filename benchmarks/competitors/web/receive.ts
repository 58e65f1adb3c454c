import type { ReceiveWay, WebSocketTarget } from "../../src/ways.ts";

/** The platform's WebSocket: that of Node and that of Bun. */
const builtIn: ReceiveWay<WebSocketTarget> = ({ url }) =>
  new Promise((resolve, reject) => {
    const socket = new WebSocket(url);
    socket.binaryType = "arraybuffer";
    let arrived = 0;
    socket.addEventListener("message", ({ data }) => {
      arrived += (data as ArrayBuffer).byteLength;
    });
    socket.addEventListener("error", () => reject(new Error("the WebSocket failed")));
    socket.addEventListener("close", () => resolve(arrived));
  });

export const websocketReceive: Record<string, ReceiveWay<WebSocketTarget>> = {
  "WebSocket, message event": builtIn,
};
