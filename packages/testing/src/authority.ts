import type { webcrypto } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  SubjectKeyIdentifierExtension,
  X509CertificateGenerator,
  type X509Certificate,
} from "./x509.ts";
import {
  ALGORITHM,
  alternativeNames,
  newKeys,
  pemOf,
  valid,
  type Certificate,
} from "./certificate.ts";

/**
 * An authority, and certificates by it. They live in memory, and in a folder for tools that want files: the
 * authority as `ca.pem` and `ca.key`, each certificate by its name.
 */
export class Authority {
  readonly folder: string = mkdtempSync(join(tmpdir(), "aw-certificates-"));
  /** Its certificate, in PEM. */
  readonly ca: string;
  readonly #certificate: X509Certificate;
  readonly #keys: webcrypto.CryptoKeyPair;

  private constructor(certificate: X509Certificate, keys: webcrypto.CryptoKeyPair, key: string) {
    this.#certificate = certificate;
    this.#keys = keys;
    this.ca = this.#keep("ca", certificate, key).cert;
  }

  static async create(name: string = "Test authority"): Promise<Authority> {
    const keys = await newKeys();
    const certificate = await X509CertificateGenerator.createSelfSigned({
      name: `CN=${name}`,
      ...valid(30),
      keys,
      signingAlgorithm: ALGORITHM,
      extensions: [
        new BasicConstraintsExtension(true, undefined, true),
        new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
        await SubjectKeyIdentifierExtension.create(keys.publicKey),
      ],
    });
    return new Authority(certificate, keys, await pemOf(keys));
  }

  /** A certificate for these host names and addresses; `days` below 0 is one that has expired. */
  async issue(file: string, names: readonly string[], days: number = 30): Promise<Certificate> {
    const keys = await newKeys();
    const certificate = await X509CertificateGenerator.create({
      subject: `CN=${names[0]}`,
      issuer: this.#certificate.subject,
      ...valid(days),
      publicKey: keys.publicKey,
      signingKey: this.#keys.privateKey,
      signingAlgorithm: ALGORITHM,
      extensions: [
        alternativeNames(names),
        await SubjectKeyIdentifierExtension.create(keys.publicKey),
        await AuthorityKeyIdentifierExtension.create(this.#certificate),
      ],
    });
    return this.#keep(file, certificate, await pemOf(keys));
  }

  path(file: string): string {
    return join(this.folder, file);
  }

  read(file: string): string {
    return readFileSync(this.path(file), "utf8");
  }

  remove(): void {
    rmSync(this.folder, { recursive: true });
  }

  #keep(file: string, certificate: X509Certificate, key: string): Certificate {
    const cert = `${certificate.toString("pem")}\n`;
    writeFileSync(this.path(`${file}.pem`), cert);
    writeFileSync(this.path(`${file}.key`), key);
    return { cert, key };
  }
}
