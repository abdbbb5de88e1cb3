/** Which way audio flows, seen from the writer of the description. RFC 3264 §5.1. */
export type Direction = 'sendrecv' | 'sendonly' | 'recvonly' | 'inactive';

/** The lines of a session, or those of one m-line of it. */
export type Section = readonly string[];

const directions: ReadonlySet<string> = new Set(['sendrecv', 'sendonly', 'recvonly', 'inactive']);
function isDirection(text: string): text is Direction {
  return directions.has(text);
}
function directionOf(line: string): Direction | undefined {
  const word = line.startsWith('a=') ? line.slice(2).trimEnd() : '';
  return isDirection(word) ? word : undefined;
}

function lines(sdp: string): readonly string[] {
  return sdp.split(/\r\n|\n|\r/).filter(line => line !== '');
}
export function textOf(all: readonly string[]): string {
  return all.length === 0 ? '' : `${all.join('\r\n')}\r\n`;
}

/** The session's lines first, then those of each m-line, in order. */
export function sections(sdp: string): readonly [Section, ...Section[]] {
  const all = lines(sdp);
  const starts = all.flatMap((line, index) => (line.startsWith('m=') ? [index] : []));
  return [all.slice(0, starts[0] ?? all.length), ...starts.map((start, nth) => all.slice(start, starts[nth + 1]))];
}

const mediaLine = /^m=audio +(\d+)(?:\/\d+)? +\S+(?: +(.*))?$/;
export function isAudio(section: Section): boolean {
  return section[0]?.startsWith('m=audio ') ?? false;
}
/** A port of 0 is a stream that was refused or taken away. RFC 3264 §6, §8.2. */
export function isRefused(section: Section): boolean {
  return Number(mediaLine.exec(section[0] ?? '')?.[1] ?? 0) === 0;
}

function usesIce(section: Section): boolean {
  return section.some(line => line.startsWith('a=ice-ufrag:'));
}
const nowhere = /^c=IN +IP(?:4 +0\.0\.0\.0|6 +(?:::|(?:0+:){7}0+))(?:\/.*)?\s*$/i;
function connection(section: Section): string | undefined {
  return section.find(line => line.startsWith('c='));
}

function lastDirection(section: Section): Direction | undefined {
  return section
    .map(directionOf)
    .filter(found => found !== undefined)
    .at(-1);
}

/**
 * The direction of the first audio m-line: its own attribute, else the session's, else `sendrecv`.
 *
 * `inactive` as well when there is no audio, when it was refused, or when its address is `0.0.0.0` or `::`, the hold of
 * RFC 2543. With ICE that address means nothing (browsers write it as a default candidate, RFC 8839 §4.2.5), so there
 * only the attribute counts.
 */
export function direction(sdp: string): Direction {
  const [session, ...media] = sections(sdp);
  const audio = media.find(isAudio);
  if (audio === undefined || isRefused(audio)) return 'inactive';
  const ice = usesIce(session) || usesIce(audio);
  if (!ice && nowhere.test(connection(audio) ?? connection(session) ?? '')) return 'inactive';
  return lastDirection(audio) ?? lastDirection(session) ?? 'sendrecv';
}

/** The same description with `wanted` as the direction of its first audio m-line; without audio it is unchanged. */
export function withDirection(sdp: string, wanted: Direction): string {
  const all = sections(sdp);
  const index = all.findIndex(isAudio);
  const audio = all[index];
  if (audio === undefined) return sdp;
  const kept = audio.filter(line => directionOf(line) === undefined);
  return textOf([...all.slice(0, index), [...kept, `a=${wanted}`], ...all.slice(index + 1)].flat());
}

/** True when the first audio m-line maps one of its payload types to telephone-event. RFC 4733 §2.4. */
export function hasTelephoneEvent(sdp: string): boolean {
  const audio = sections(sdp).find(isAudio);
  if (audio === undefined || isRefused(audio)) return false;
  const payloads = new Set(mediaLine.exec(audio[0] ?? '')?.[2]?.split(/\s+/));
  return audio.some(line => {
    const payload = /^a=rtpmap:(\d+) +telephone-event\//i.exec(line)?.[1];
    return payload !== undefined && payloads.has(payload);
  });
}

/** True when each audio m-line of an answer has the port 0, or it has none. RFC 3264 §6. */
export function refusesSound(sdp: string): boolean {
  const [, ...media] = sections(sdp);
  const audio = media.filter(isAudio);
  return audio.every(isRefused);
}
