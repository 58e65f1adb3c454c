import { useState } from "preact/hooks";
import type { JSX } from "preact";

interface TokenFormProps {
  /** Why the last one was refused. */
  readonly message: string | undefined;
  readonly onToken: (token: string) => void;
}

/** Asks for the token that the relay wants. */
export function TokenForm({ message, onToken }: TokenFormProps): JSX.Element {
  const [token, setToken] = useState("");
  return (
    <section class="panel narrow" aria-labelledby="locked">
      <h2 id="locked">This relay asks for a token</h2>
      <p class="muted">Whoever runs it has one for you. It stays in this tab.</p>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          onToken(token.trim());
        }}
      >
        <label class="field">
          Token
          <input
            type="password"
            autocomplete="off"
            required
            value={token}
            aria-invalid={message !== undefined}
            aria-describedby={message === undefined ? undefined : "token-refused"}
            onInput={({ currentTarget }) => setToken(currentTarget.value)}
          />
        </label>
        <button type="submit" class="primary">
          Open
        </button>
      </form>
      {message !== undefined && (
        <p id="token-refused" class="bad" role="alert">
          {message}
        </p>
      )}
    </section>
  );
}
