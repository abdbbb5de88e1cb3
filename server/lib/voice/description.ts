/** Session descriptions as text: what the anchor changes in its own and reads in others. RFC 8866. */

/** The identity of a session in `o=`: one for all descriptions of an anchor, each with the next version. RFC 3264 §8. */
export interface Origin {
  readonly id: string;
  readonly version: number;
}

/** As an own description begins, whatever connection made it. */
export function withOrigin(sdp: string, { id, version }: Origin): string {
  return sdp.replace(/^o=.*$/m, `o=- ${id} ${version} IN IP4 127.0.0.1`);
}

/** Every candidate is in it, none will follow. */
export function withoutTrickle(sdp: string): string {
  return sdp.replace(/^a=ice-options:trickle\r?\n/gm, '');
}

/** Without the payloads of RFC 4733: neither in the list of an m-line nor explained below it. */
export function withoutTones(sdp: string): string {
  const payloads = new Set([...sdp.matchAll(/^a=rtpmap:(\d+) +telephone-event\//gim)].map(([, payload]) => payload));
  return sdp
    .split('\r\n')
    .filter(line => !payloads.has(/^a=(?:rtpmap|fmtp|rtcp-fb):(\d+) /.exec(line)?.[1] ?? ''))
    .map(line => (line.startsWith('m=audio') ? withoutPayloads(line, payloads) : line))
    .join('\r\n');
}

function withoutPayloads(line: string, payloads: ReadonlySet<string | undefined>): string {
  const [media, port, protocol, ...formats] = line.split(' ');
  return [media, port, protocol, ...formats.filter(format => !payloads.has(format))].join(' ');
}

/** Whether two descriptions come from different ends: no certificate of one is one of the other. */
export function isElsewhere(sdp: string, before: string): boolean {
  const known = fingerprints(before);
  const stated = fingerprints(sdp);
  return known.length > 0 && stated.length > 0 && !stated.some(fingerprint => known.includes(fingerprint));
}

function fingerprints(sdp: string): readonly string[] {
  return [...sdp.matchAll(/^a=fingerprint:(.*?)\r?$/gim)].map(([, fingerprint = '']) => fingerprint.toLowerCase());
}
