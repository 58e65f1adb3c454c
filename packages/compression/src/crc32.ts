const TABLES: readonly Uint32Array[] = makeTables();

/** CRC-32 as in gzip (RFC 1952), eight bytes a step, for where the platform has none. */
export function crc32(data: Uint8Array, value: number): number {
  const [t0, t1, t2, t3, t4, t5, t6, t7] = TABLES as Tables;
  let crc = ~value;
  let at = 0;
  for (const end = data.length - 7; at < end; at += 8) {
    crc ^=
      byte(data, at) |
      (byte(data, at + 1) << 8) |
      (byte(data, at + 2) << 16) |
      (byte(data, at + 3) << 24);
    crc =
      byte(t7, crc & 255) ^
      byte(t6, (crc >>> 8) & 255) ^
      byte(t5, (crc >>> 16) & 255) ^
      byte(t4, crc >>> 24) ^
      byte(t3, byte(data, at + 4)) ^
      byte(t2, byte(data, at + 5)) ^
      byte(t1, byte(data, at + 6)) ^
      byte(t0, byte(data, at + 7));
  }
  for (; at < data.length; at++) crc = byte(t0, (crc ^ byte(data, at)) & 255) ^ (crc >>> 8);
  return ~crc >>> 0;
}

type Tables = [
  Uint32Array,
  Uint32Array,
  Uint32Array,
  Uint32Array,
  Uint32Array,
  Uint32Array,
  Uint32Array,
  Uint32Array,
];

function byte(list: Uint8Array | Uint32Array, index: number): number {
  return list[index] as number;
}

/** Table k: what a byte does to the checksum k bytes later. */
function makeTables(): Uint32Array[] {
  const first = Uint32Array.from({ length: 256 }, (_, index) => {
    let crc = index;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
    return crc;
  });
  const tables = [first];
  for (let k = 1; k < 8; k++) {
    tables.push((tables[k - 1] as Uint32Array).map((crc) => byte(first, crc & 255) ^ (crc >>> 8)));
  }
  return tables;
}
