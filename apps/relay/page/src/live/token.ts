const KEY = "relay-token";

/** The token that the relay wants, for as long as the tab is open. Empty if there is none. */
export function loadToken(): string {
  return sessionStorage.getItem(KEY) ?? "";
}

export function saveToken(token: string): void {
  if (token === "") sessionStorage.removeItem(KEY);
  else sessionStorage.setItem(KEY, token);
}
