import { execFileSync } from "node:child_process";
import { join } from "node:path";

/** Makes a key and a certificate for localhost in a folder; returns their paths. */
export function certificate(folder: string): { cert: string; key: string } {
  const [cert, key] = [join(folder, "cert.pem"), join(folder, "key.pem")];
  const names = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"];
  const kind = ["-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"];
  execFileSync("openssl", ["req", ...kind, ...names, "-keyout", key, "-out", cert], {
    stdio: "pipe",
  });
  return { cert, key };
}
