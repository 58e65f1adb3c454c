/**
 * STARTTLS: a conversation that begins in the clear and goes on over TLS, on the same connection. As SMTP
 * does it (RFC 3207), both ends.
 *
 *     node starttls.ts serve 2525 cert.pem key.pem
 *     node starttls.ts localhost 2525 cert.pem
 *     openssl s_client -connect localhost:2525 -starttls smtp -CAfile cert.pem
 *
 * Lines are read one at a time, so what follows the last of them belongs to TLS. Commands that somebody
 * slipped in behind STARTTLS are then no commands, but a handshake that fails: nothing that came in the
 * clear is ever taken for something that came over TLS.
 */
import { framed, lines, serve, unframed, type Connection } from "@aw/core";
import { connect, listen, type ConnectTarget, type TcpListener } from "@aw/tcp";
import * as tls from "@aw/tls";

const crlf = lines({ newline: "\r\n", maxLength: 1024 });

/** Resolves with a connection over TLS, ready for the next command. */
export async function connectSecurely(
  target: ConnectTarget,
  options: tls.ClientOptions,
): Promise<Connection> {
  const plain = await connect(target);
  try {
    const out = framed(plain, crlf);
    await answered(plain, "220");
    await out.send("EHLO localhost");
    await answered(plain, "250");
    await out.send("STARTTLS");
    await answered(plain, "220");
    return await tls.client(plain, options);
  } catch (error) {
    plain.abort(error);
    throw error;
  }
}

/** Reads one answer, which may take several lines. Rejects if it is not the expected one. */
export async function answered(connection: Connection, code: string): Promise<string[]> {
  const texts: string[] = [];
  for await (const line of unframed(connection.reader, crlf)) {
    if (!line.startsWith(code)) throw new Error(`expected ${code}, the server says: ${line}`);
    texts.push(line.slice(4));
    if (line[3] !== "-") return texts;
  }
  throw new Error(`expected ${code}, the server ended the connection`);
}

/** Resolves once the listener is closed. */
export async function serveSecurely(
  listener: TcpListener,
  credentials: tls.ServerOptions,
  onError: (error: unknown) => void = console.error,
): Promise<void> {
  await serve(
    listener,
    async (plain) => {
      await framed(plain, crlf).send("220 localhost");
      if (!(await converse(plain, true))) return;
      await using secure = await tls.server(plain, credentials);
      await converse(secure, false);
      await secure.close();
    },
    { onError },
  );
}

/** Answers commands. Resolves with whether the client asked for TLS. */
async function converse(connection: Connection, inTheClear: boolean): Promise<boolean> {
  const out = framed(connection, crlf);
  for await (const line of unframed(connection.reader, crlf)) {
    const command = line.split(" ")[0]?.toUpperCase();
    if (command === "QUIT") {
      await out.send("221 bye");
      return false;
    }
    if (command === "STARTTLS" && inTheClear) {
      await out.send("220 go ahead");
      return true;
    }
    if (command === "EHLO" && inTheClear) await out.send("250-localhost");
    if (command === "EHLO") await out.send(inTheClear ? "250 STARTTLS" : "250 localhost");
    else await out.send(inTheClear ? "530 STARTTLS first" : `250 ${line}`);
  }
  return false;
}

if (import.meta.main) {
  const { readFile } = await import("node:fs/promises");
  const [first = "", port = "2525", certPath = "", keyPath = ""] = process.argv.slice(2);
  const cert = await readFile(certPath);
  if (first === "serve") {
    const listener = await listen({ host: "::", port: Number(port) });
    console.log(`listening at ${listener}`);
    await serveSecurely(listener, { cert, key: await readFile(keyPath) });
  } else {
    const target = { host: first, port: Number(port) };
    await using connection = await connectSecurely(target, { servername: first, ca: cert });
    const out = framed(connection, crlf);
    await out.send("EHLO localhost");
    console.log(await answered(connection, "250"));
    await out.send("QUIT");
    await answered(connection, "221");
    await connection.close();
  }
}
