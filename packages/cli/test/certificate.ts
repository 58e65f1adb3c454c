import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { selfSigned } from "@aw/testing";

/** Makes a certificate for localhost and its key in a folder; resolves with their paths. */
export async function certificate(folder: string): Promise<{ cert: string; key: string }> {
  const { cert, key } = await selfSigned("localhost", "127.0.0.1");
  const paths = { cert: join(folder, "cert.pem"), key: join(folder, "key.pem") };
  writeFileSync(paths.cert, cert);
  writeFileSync(paths.key, key);
  return paths;
}
