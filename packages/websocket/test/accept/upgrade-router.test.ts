import { createServer, type IncomingMessage, type Server } from "node:http";
import { PassThrough, type Duplex } from "node:stream";
import { describe, expect, it } from "vitest";
import { decideUpgrades } from "../../src/accept/node/upgrade-decision.ts";
import { addTaker, removeTaker, type UpgradeTaker } from "../../src/accept/node/upgrade-router.ts";

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

function request(url: string | undefined, upgrade: string | undefined = "websocket") {
  return { url, headers: { upgrade } } as IncomingMessage;
}

/** What a taker got. */
class Taker implements UpgradeTaker {
  readonly path: string | undefined;
  readonly taken: (string | undefined)[] = [];

  constructor(path?: string) {
    this.path = path;
  }

  take({ url }: IncomingMessage, _socket: Duplex, head: Buffer): void {
    this.taken.push(`${url} ${head.toString()}`);
  }
}

/** Node asks a server whether a request is an upgrade. */
interface Deciding {
  shouldUpgradeCallback?: (request: IncomingMessage) => boolean;
}

function made(...takers: Taker[]) {
  const server: Server = createServer();
  for (const taker of takers) addTaker(server, taker);
  const upgrade = async (asked: IncomingMessage): Promise<{ answer: string; socket: Duplex }> => {
    const socket = new PassThrough();
    server.emit("upgrade", asked, socket, Buffer.from("head"));
    let answer = "";
    socket.on("data", (data: Buffer) => (answer += data.toString()));
    await turn();
    return { answer: answer.split("\r\n\r\n", 1)[0] ?? "", socket };
  };
  const decide = (asked: IncomingMessage): boolean | undefined =>
    (server as Deciding).shouldUpgradeCallback?.call(server, asked);
  return { server, upgrade, decide };
}

describe("the takers of a server", () => {
  it("get the upgrades of their path, the first one of several, with the query", async () => {
    const takers = [new Taker("/a"), new Taker("/a"), new Taker("/b")];
    const { upgrade } = made(...takers);
    for (const url of ["/a?x=/b", "/b", "/a"]) await upgrade(request(url));
    expect(takers.map(({ taken }) => taken)).toEqual([
      ["/a?x=/b head", "/a head"],
      [],
      ["/b head"],
    ]);
  });

  it("without a path get all that are left", async () => {
    const takers = [new Taker("/a"), new Taker()];
    const { upgrade } = made(...takers);
    for (const url of ["/a", "/b", undefined]) await upgrade(request(url));
    expect(takers.map(({ taken }) => taken)).toEqual([["/a head"], ["/b head", "undefined head"]]);
  });

  it("are one handler, which goes with the last one", () => {
    const takers = [new Taker("/a"), new Taker("/b")] as const;
    const { server } = made(...takers);
    const asked = (server as Deciding).shouldUpgradeCallback;
    expect(server.listenerCount("upgrade")).toBe(1);
    removeTaker(server, takers[0]);
    // One that is not there any more changes nothing.
    removeTaker(server, takers[0]);
    expect(server.listenerCount("upgrade")).toBe(1);
    expect((server as Deciding).shouldUpgradeCallback).toBe(asked);
    removeTaker(server, takers[1]);
    expect(server.listenerCount("upgrade")).toBe(0);
    expect((server as Deciding).shouldUpgradeCallback).not.toBe(asked);
    removeTaker(server, takers[1]);
    // A new one begins anew.
    addTaker(server, takers[0]);
    expect(server.listenerCount("upgrade")).toBe(1);
  });

  it("that were removed get nothing", async () => {
    const takers = [new Taker("/a"), new Taker("/a")] as const;
    const { server, upgrade } = made(...takers);
    removeTaker(server, takers[0]);
    await upgrade(request("/a"));
    expect(takers.map(({ taken }) => taken.length)).toEqual([0, 1]);
  });
});

describe("what no taker wants", () => {
  it("gets 404, and 426 if it is another protocol; a reset of its client harms nobody", async () => {
    const taker = new Taker("/a");
    const { upgrade } = made(taker);
    const { answer, socket } = await upgrade(request("/b"));
    expect(answer).toMatch(/^HTTP\/1\.1 404 Not Found\r\n/);
    expect(socket.listenerCount("error")).toBe(1);
    for (const protocol of ["h2c", ""]) {
      const refused = await upgrade(request("/a", protocol));
      expect(refused.answer).toMatch(
        /^HTTP\/1\.1 426 Upgrade Required\r\n.*\r\nUpgrade: websocket/s,
      );
    }
    expect(taker.taken).toEqual([]);
    const taken = await upgrade(request("/a"));
    taken.socket.emit("error", new Error("ECONNRESET"));
    expect(taken.socket.destroyed).toBe(true);
  });

  it("is left to other handlers", async () => {
    const taker = new Taker("/a");
    const { server, upgrade } = made(taker);
    server.on("upgrade", () => {});
    const { answer, socket } = await upgrade(request("/b"));
    expect([answer, socket.listenerCount("error")]).toEqual(["", 0]);
    await upgrade(request("/a"));
    expect(taker.taken).toEqual(["/a head"]);
  });

  it("does not become an upgrade at all, where Node asks, unless there are other handlers", () => {
    const { server, decide } = made(new Taker("/a"));
    const asked = ["websocket", "WebSocket", "h2c, websocket", "h2c", "websockets"].map((upgrade) =>
      decide(request("/b", upgrade)),
    );
    // Older ones do not ask.
    const expected = "shouldUpgradeCallback" in server ? [true, true, true, false, false] : asked;
    expect(asked).toEqual(expected);
    expect(decide({ headers: {} } as IncomingMessage)).not.toBe(true);
    server.on("upgrade", () => {});
    expect(decide(request("/b", "h2c"))).not.toBe(false);
  });
});

describe("a decision about upgrades", () => {
  const asked = request("/");

  it("is made with the one before, and taken back", () => {
    const before = (_request: IncomingMessage): boolean => answers.before;
    const answers = { before: true, ours: true };
    const server: Deciding = { shouldUpgradeCallback: before };
    const undo = decideUpgrades(server as Server, () => answers.ours);
    const decide = (): boolean | undefined => server.shouldUpgradeCallback?.(asked);
    expect(decide()).toBe(true);
    answers.before = false;
    expect(decide()).toBe(false);
    Object.assign(answers, { before: true, ours: false });
    expect(decide()).toBe(false);
    undo();
    expect(server.shouldUpgradeCallback).toBe(before);
  });

  it("that somebody else has replaced since stays theirs", () => {
    const server: Deciding = { shouldUpgradeCallback: () => true };
    const undo = decideUpgrades(server as Server, () => true);
    const theirs = (): boolean => false;
    server.shouldUpgradeCallback = theirs;
    undo();
    expect(server.shouldUpgradeCallback).toBe(theirs);
  });

  it("changes nothing where Node does not ask", () => {
    const server: Deciding = {};
    decideUpgrades(server as Server, () => true)();
    expect(server).toStrictEqual({});
  });
});
