import { writeFile } from "node:fs/promises";
import { inspect } from "node:util";
import { temporaryFolder } from "@aw/testing/vitest";
import type { Logger } from "pino";
import { afterEach, describe, expect, it, onTestFinished, vi } from "vitest";
import { makeCertificate } from "../../src/certificate.ts";
import { loadConfig } from "../../src/config/load-config.ts";
import { newUploadId } from "../../src/ingest/upload-id.ts";
import { openS3 } from "../../src/store/s3/open-s3.ts";
import type { S3Store } from "../../src/store/s3/s3-store.ts";
import { S3Server } from "./s3-server.ts";

const { at } = temporaryFolder();

let servers: S3Server[] = [];

afterEach(async () => {
  vi.unstubAllEnvs();
  await Promise.all(servers.map((server) => server.close())); // before its folder is removed
  servers = [];
});

async function startServer(tls?: { cert: string; key: string }): Promise<S3Server> {
  const server = await S3Server.start(at("s3"), tls);
  servers.push(server);
  return server;
}

/** What the environment of the relay says. What s3rver knows is S3RVER and S3RVER. */
function giveKeys(id: string, secret: string): void {
  vi.stubEnv("AWS_ACCESS_KEY_ID", id);
  vi.stubEnv("AWS_SECRET_ACCESS_KEY", secret);
}

async function open(server: S3Server, flags: string[] = [], log?: Logger): Promise<S3Store> {
  const url = `s3://uploads?endpoint=${server.endpoint}`;
  const store = await openS3(await loadConfig(["--store", url, ...flags]), log);
  onTestFinished(() => store.close());
  return store;
}

describe("the keys of S3", () => {
  it("that the server does not know are refused at the start, and the secret stands in no message", async () => {
    const server = await startServer();
    giveKeys("nobody", "wr0ng");
    const error = (await open(server).then(String, (reason: unknown) => reason)) as Error;
    expect(error).toMatchObject({
      code: "ERR_AW_CONNECT",
      message: expect.stringMatching(
        /InvalidAccessKeyId: .*; give keys that may .* in AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY$/,
      ),
    });
    expect(error.message).not.toContain("wr0ng");
  });

  it("that are nowhere are asked for", async () => {
    const server = await startServer();
    giveKeys("", "");
    for (const name of ["AWS_PROFILE", "AWS_WEB_IDENTITY_TOKEN_FILE"]) vi.stubEnv(name, undefined);
    vi.stubEnv("AWS_EC2_METADATA_DISABLED", "true");
    vi.stubEnv("AWS_SHARED_CREDENTIALS_FILE", at("none"));
    vi.stubEnv("AWS_CONFIG_FILE", at("none"));
    await expect(open(server)).rejects.toMatchObject({
      code: "ERR_AW_CONNECT",
      message: expect.stringMatching(/; give its keys in AWS_ACCESS_KEY_ID .*AWS_PROFILE$/),
    });
    expect(server.requests).toEqual([]);
  });

  it("that are refused while the relay runs refuse an upload, and are not in the log", async () => {
    const server = await startServer();
    giveKeys("S3RVER", "S3RVER-secret");
    const warn = vi.fn<(fields: { err: Error }) => void>();
    const store = await open(server, [], { warn } as unknown as Logger);
    const slot = await store.create({ id: newUploadId(), name: "x" });
    server.fault = () => "denied";
    const closing = slot.writer.writeAll("hello").then(() => slot.writer.close());
    await expect(closing).rejects.toMatchObject({ code: "ERR_AW_CONNECT" });
    await slot.discard();
    expect(warn).toHaveBeenCalledTimes(1);
    const { err } = warn.mock.calls[0]?.[0] ?? {};
    expect(inspect({ ...err, cause: err?.cause }, { depth: 9 })).not.toMatch(/secret|Signature=/);
  });
});

describe("S3 over TLS", () => {
  it("is trusted with upstream.ca", async () => {
    const tls = await makeCertificate(["127.0.0.1"]);
    await writeFile(at("ca.pem"), tls.cert);
    const server = await startServer(tls);
    giveKeys("S3RVER", "S3RVER");
    const store = await open(server, ["--upstream.ca", at("ca.pem")]);
    const slot = await store.create({ id: newUploadId(), name: "x" });
    await slot.writer.writeAll("hello");
    await slot.writer.close();
    await slot.discard();
    expect(server.requests.map(({ what }) => what)).toContain("PUT part");
  });

  it.each([
    ["127.0.0.1", /; set upstream\.ca to the certificate of its authority$/],
    ["other.example", /; call it in the key store as its certificate does$/],
  ])("says what to do about a certificate for %s", async (name, remedy) => {
    const tls = await makeCertificate([name]);
    await writeFile(at("ca.pem"), tls.cert);
    const server = await startServer(tls);
    giveKeys("S3RVER", "S3RVER");
    const flags = name === "127.0.0.1" ? [] : ["--upstream.ca", at("ca.pem")];
    await expect(open(server, flags)).rejects.toMatchObject({
      code: "ERR_AW_CONNECT",
      message: expect.stringMatching(remedy),
    });
  });
});
