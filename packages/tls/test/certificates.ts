import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export interface Certificate {
  cert: string;
  key: string;
}

/**
 * An authority and certificates by it, made by `openssl` when the tests begin. They live in memory, and
 * in a folder for the tools that want files.
 */
export class Authority {
  readonly folder: string = mkdtempSync(join(tmpdir(), "aw-tls-"));
  readonly ca: string;

  constructor() {
    const name = ["-subj", "/CN=Test authority"];
    this.#openssl("req", "-x509", ...NEW_KEY, ...name, "-keyout", "ca.key", "-out", "ca.pem");
    this.ca = this.read("ca.pem");
  }

  /** A certificate for these names; `days` below 0 is one that has expired. */
  issue(file: string, names: readonly string[], days: number = 30): Certificate {
    const subject = ["-subj", `/CN=${names[0]}`];
    const alternatives = names.map((name) => (/^[\d.]+$/.test(name) ? "IP:" : "DNS:") + name);
    writeFileSync(this.path(`${file}.ext`), `subjectAltName=${alternatives.join(",")}\n`);
    this.#openssl("req", ...NEW_KEY, ...subject, "-keyout", `${file}.key`, "-out", `${file}.csr`);
    const signed = ["-req", "-in", `${file}.csr`, "-CA", "ca.pem", "-CAkey", "ca.key"];
    const rest = ["-CAcreateserial", "-extfile", `${file}.ext`, "-days", String(days)];
    this.#openssl("x509", ...signed, ...rest, "-out", `${file}.pem`);
    return { cert: this.read(`${file}.pem`), key: this.read(`${file}.key`) };
  }

  /** An issued certificate with its key in one file of the other form. */
  pkcs12(file: string): Buffer {
    const [cert, key, out] = [`${file}.pem`, `${file}.key`, `${file}.p12`];
    const both = ["-in", cert, "-inkey", key, "-out", out, "-passout", "pass:"];
    this.#openssl("pkcs12", "-export", ...both);
    return readFileSync(this.path(out));
  }

  path(file: string): string {
    return join(this.folder, file);
  }

  remove(): void {
    rmSync(this.folder, { recursive: true });
  }

  read(file: string): string {
    return readFileSync(this.path(file), "utf8");
  }

  #openssl(...args: string[]): void {
    execFileSync("openssl", args, { cwd: this.folder, stdio: "pipe" });
  }
}

const NEW_KEY = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];
