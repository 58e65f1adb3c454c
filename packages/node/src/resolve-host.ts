import { lookup as systemLookup, type LookupAddress } from "node:dns";
import { isIP, type LookupFunction } from "node:net";

/**
 * The addresses of a host in the order in which to try them: as the resolver gives them, but the families
 * take turns (RFC 8305, section 4), so that a broken one costs one attempt and not all.
 *
 * @param from the local address to connect from, if any: only addresses of its family can be reached
 */
export async function resolveHost(
  host: string,
  lookup: LookupFunction = systemLookup,
  from?: string,
): Promise<LookupAddress[]> {
  const family = isIP(host);
  if (family !== 0) return [{ address: host, family }];
  const wanted = from === undefined ? 0 : isIP(from);
  const found = await ask(host, lookup);
  return interleave(found.filter((entry) => wanted === 0 || entry.family === wanted));
}

function ask(host: string, lookup: LookupFunction): Promise<LookupAddress[]> {
  return new Promise((resolve, reject) => {
    lookup(host, { all: true }, (error, found, family = 4) => {
      if (error !== null) reject(error);
      else resolve(Array.isArray(found) ? found : [{ address: found, family }]);
    });
  });
}

function interleave(addresses: readonly LookupAddress[]): LookupAddress[] {
  const first = addresses[0]?.family;
  const ofFirst = addresses.filter(({ family }) => family === first);
  const others = addresses.filter(({ family }) => family !== first);
  return [...ofFirst.flatMap((address) => [address, ...others.splice(0, 1)]), ...others];
}
