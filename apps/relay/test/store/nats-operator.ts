import { nkeys } from "@nats-io/transport-node";

type KeyPair = ReturnType<typeof nkeys.createUser>;

/** None: of what is left out, an account has nothing. */
const CONNECTIONS = {
  subs: -1,
  data: -1,
  payload: -1,
  imports: -1,
  exports: -1,
  conn: -1,
  leaf: -1,
};
const JETSTREAM = { mem_storage: -1, disk_storage: -1, streams: -1, consumer: -1 };

/**
 * An operator of NATS with one account, as `nsc` makes them: the server knows nobody, and believes whoever brings a JWT that
 * the account has signed.
 */
export class Operator {
  readonly #key = nkeys.createOperator();
  readonly #account = nkeys.createAccount();
  /** JetStream wants one of its own for the servers. */
  readonly #system = nkeys.createAccount();

  /** The part of a server's configuration. */
  get configuration(): string {
    const operator = sign(this.#key, this.#key, { type: "operator" });
    const account = this.#grant(this.#account, { ...CONNECTIONS, ...JETSTREAM });
    const system = this.#grant(this.#system, CONNECTIONS);
    return `operator: ${operator}
      system_account: ${this.#system.getPublicKey()}
      resolver: MEMORY
      resolver_preload: { ${account}, ${system} }`;
  }

  /** The file of credentials of a new user, and the secret in it. */
  makeUser(): { file: string; seed: string } {
    const user = nkeys.createUser();
    const jwt = sign(user, this.#account, { type: "user", subs: -1, data: -1, payload: -1 });
    const seed = Buffer.from(user.getSeed()).toString();
    const parts = { "NATS USER JWT": jwt, "USER NKEY SEED": seed };
    const file = Object.entries(parts)
      .map(([name, text]) => `-----BEGIN ${name}-----\n${text}\n------END ${name}------\n\n`)
      .join("");
    return { file, seed };
  }

  #grant(account: KeyPair, limits: object): string {
    return `${account.getPublicKey()}: ${sign(account, this.#key, { type: "account", limits })}`;
  }
}

/** A JWT of NATS: `issuer` says so of `subject`. */
function sign(subject: KeyPair, issuer: KeyPair, nats: object): string {
  const claims = {
    iat: Math.floor(Date.now() / 1000),
    iss: issuer.getPublicKey(),
    sub: subject.getPublicKey(),
    nats: { version: 2, ...nats },
  };
  const parts = [{ typ: "JWT", alg: "ed25519-nkey" }, claims].map((part) =>
    Buffer.from(JSON.stringify(part)).toString("base64url"),
  );
  const signature = issuer.sign(Buffer.from(parts.join(".")));
  return [...parts, Buffer.from(signature).toString("base64url")].join(".");
}
