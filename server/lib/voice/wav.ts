/** WAV, as a program writes it into a pipe: the sizes in its head may be larger than what follows. */

export interface Recording {
  /** Samples a second. */
  readonly rate: number;
  /** One channel; the first where there are more. */
  readonly samples: Int16Array;
}

/** `undefined` when this is not uncompressed sound of 16 bits. */
export function parseWav(bytes: Buffer): Recording | undefined {
  if (bytes.toString('latin1', 0, 4) !== 'RIFF' || bytes.toString('latin1', 8, 12) !== 'WAVE') return undefined;
  const parts = chunks(bytes);
  const format = parts.get('fmt ');
  const data = parts.get('data');
  if (!format || format.length < 16 || !data) return undefined;
  const [kind, channels, rate, bits] = [
    format.readUInt16LE(0),
    format.readUInt16LE(2),
    format.readUInt32LE(4),
    format.readUInt16LE(14),
  ];
  if (kind !== 1 || channels === 0 || rate === 0 || bits !== 16) return undefined;
  const length = Math.floor(data.length / (2 * channels));
  return { rate, samples: Int16Array.from({ length }, (_, index) => data.readInt16LE(2 * channels * index)) };
}

function chunks(bytes: Buffer): ReadonlyMap<string, Buffer> {
  const found = new Map<string, Buffer>();
  let at = 12;
  while (at + 8 <= bytes.length) {
    const size = bytes.readUInt32LE(at + 4);
    found.set(bytes.toString('latin1', at, at + 4), bytes.subarray(at + 8, at + 8 + size));
    // Each begins at an even place.
    at += 8 + size + (size % 2);
  }
  return found;
}
