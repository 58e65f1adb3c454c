import { webcrypto } from "node:crypto";
import { isIP } from "node:net";
// oxlint-disable-next-line import/no-unassigned-import -- x509 looks its parts up by metadata
import "reflect-metadata";
import {
  BasicConstraintsExtension,
  PemConverter,
  SubjectAlternativeNameExtension,
  X509CertificateGenerator,
} from "@peculiar/x509";
import { ConfigError } from "./config/config-error.ts";
import { readNamed } from "./config/read-named.ts";

const ALGORITHM = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" } as const;

/** What clients of this machine call it. */
const LOCAL_NAMES = ["localhost", "127.0.0.1", "::1"];

/** How long a certificate made on the spot is good for, in milliseconds: 30 days. */
const VALID_FOR = 30 * 86_400_000;

/**
 * Makes a certificate, and its key, for these host names and addresses, in PEM. It is its own authority: clients
 * have to be given it. For trying things out; a relay that others use is given one by the configuration.
 */
export async function makeCertificate(
  names: readonly string[] = LOCAL_NAMES,
): Promise<{ cert: string; key: string }> {
  const keys = await webcrypto.subtle.generateKey(ALGORITHM, true, ["sign", "verify"]);
  const certificate = await X509CertificateGenerator.createSelfSigned({
    name: `CN=${names[0]}`,
    notBefore: new Date(Date.now() - 3_600_000), // for clocks that differ
    notAfter: new Date(Date.now() + VALID_FOR),
    keys,
    signingAlgorithm: ALGORITHM,
    extensions: [
      new SubjectAlternativeNameExtension(
        names.map((value) => ({ type: isIP(value) === 0 ? "dns" : "ip", value })),
      ),
      new BasicConstraintsExtension(true),
    ],
  });
  const key = await webcrypto.subtle.exportKey("pkcs8", keys.privateKey);
  return {
    cert: `${certificate.toString("pem")}\n`,
    key: `${PemConverter.encode(key, "PRIVATE KEY")}\n`,
  };
}

/** Reads a certificate and its key, or makes them on the spot. */
export async function certificateOf(
  certPath: string | undefined,
  keyPath: string | undefined,
): Promise<{ cert: string; key: string }> {
  if (certPath === undefined && keyPath === undefined) return makeCertificate();
  if (certPath === undefined || keyPath === undefined) {
    throw new ConfigError("a certificate and its key belong together: give both or none");
  }
  return { cert: await readNamed("cert", certPath), key: await readNamed("key", keyPath) };
}
