import { webcrypto } from "node:crypto";
import { isIP } from "node:net";
import {
  BasicConstraintsExtension,
  type Extension,
  PemConverter,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
  X509CertificateGenerator,
} from "./x509.ts";

/** A certificate and its key, in PEM. */
export interface Certificate {
  readonly cert: string;
  readonly key: string;
}

/** What keys are made of and signatures are made with. */
export const ALGORITHM = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" } as const;

/** A day in milliseconds. */
const DAY = 86_400_000;

/** A certificate for these host names and addresses that is its own authority. */
export async function selfSigned(...names: readonly [string, ...string[]]): Promise<Certificate> {
  const keys = await newKeys();
  const certificate = await X509CertificateGenerator.createSelfSigned({
    name: `CN=${names[0]}`,
    ...valid(30),
    keys,
    signingAlgorithm: ALGORITHM,
    extensions: [
      alternativeNames(names),
      new BasicConstraintsExtension(true),
      await SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return { cert: certificate.toString("pem"), key: await pemOf(keys) };
}

export function newKeys(): Promise<webcrypto.CryptoKeyPair> {
  return webcrypto.subtle.generateKey(ALGORITHM, true, ["sign", "verify"]);
}

/** A private key in PEM. */
export async function pemOf({ privateKey }: webcrypto.CryptoKeyPair): Promise<string> {
  const key = await webcrypto.subtle.exportKey("pkcs8", privateKey);
  return `${PemConverter.encode(key, "PRIVATE KEY")}\n`;
}

export function alternativeNames(names: readonly string[]): Extension {
  return new SubjectAlternativeNameExtension(
    names.map((value) => ({ type: isIP(value) === 0 ? ("dns" as const) : ("ip" as const), value })),
  );
}

/** From a while ago, for clocks that differ, for so many days from now; below 0, until so many ago. */
export function valid(days: number): { notBefore: Date; notAfter: Date } {
  const notAfter = new Date(Date.now() + days * DAY);
  return { notBefore: new Date(Math.min(Date.now(), notAfter.getTime()) - DAY), notAfter };
}
