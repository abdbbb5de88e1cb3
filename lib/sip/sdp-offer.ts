import { left, right, type Either } from '../core/either.js';
import { isAudio, isRefused, sections, textOf, type Section } from './sdp.js';

/** Why an offer is refused: the code of a Warning, and its words. RFC 3261 §20.43. */
export type Unanswerable = { readonly code: number; readonly text: string };

/** An offer that can be answered. */
export type Offer = {
  /** The offer for the browser: the chosen audio m-line, and rejected placeholders for all others. */
  readonly sdp: string;
  /** Completes the browser's answer with the m-lines of the offer; unsupported ones have port 0. RFC 3264 §6. */
  readonly answered: (answer: string) => string;
};

function attribute(section: Section, name: string): string | undefined {
  return section.find(line => line.startsWith(`a=${name}`))?.slice(name.length + 2);
}

/** The codecs that every browser decodes (RFC 7874 §3). The payload types 0, 8 and 9 need no rtpmap (RFC 3551 §6). */
const codecs: ReadonlySet<string> = new Set(['opus', 'pcmu', 'pcma', 'g722']);
const fixed: ReadonlySet<string> = new Set(['0', '8', '9']);

function hasCodec(section: Section): boolean {
  const [, , , ...formats] = (section[0] ?? '').trim().split(/ +/);
  const rtpmaps = section.map(line => /^a=rtpmap:(\d+) +([^/]+)\//i.exec(line));
  return formats.some(format => {
    const name = rtpmaps.find(found => found?.[1] === format)?.[2];
    return name === undefined ? fixed.has(format) : codecs.has(name.toLowerCase());
  });
}

/** Why no browser can answer this line of sound: it has to be encrypted by DTLS and reached by ICE. RFC 8834 §4, RFC 8835 §3. */
function obstacle(session: Section, audio: Section): Unanswerable | undefined {
  const says = (name: string): boolean => [session, audio].some(section => attribute(section, name) !== undefined);
  if (!['fingerprint:', 'ice-ufrag:', 'ice-pwd:'].every(says))
    return { code: 302, text: 'Sound is taken by ICE and DTLS-SRTP only' };
  return hasCodec(audio) ? undefined : { code: 305, text: `Sound is taken as ${[...codecs].join(', ')} only` };
}

function named(section: Section): readonly string[] {
  const mid = attribute(section, 'mid:');
  return mid === undefined ? [] : [`a=mid:${mid}`];
}

/** A rejected m-line that browsers can parse, with its mid. RFC 8829 §5.3.1. */
function placeholder(section: Section): Section {
  return ['m=video 0 UDP/TLS/RTP/SAVPF 0', 'c=IN IP4 0.0.0.0', ...named(section), 'a=inactive'];
}

/** The rejected m-line in the answer: type, protocol and formats of the offer, with port 0. */
function refused(section: Section): Section {
  return [(section[0] ?? '').replace(/^(m=\S+ +)\d+(?:\/\d+)?/, (_, kind: string) => `${kind}0`), ...named(section)];
}

/** The BUNDLE group with the chosen mid alone, or no group. RFC 9143 §7.3.1. */
function bundled(session: Section, audio: Section): Section {
  const mid = attribute(audio, 'mid:');
  return session.flatMap(line => {
    if (!line.startsWith('a=group:BUNDLE')) return [line];
    return mid !== undefined && line.split(/ +/).includes(mid) ? [`a=group:BUNDLE ${mid}`] : [];
  });
}

/** Reads an offer, or says why no browser can answer it. Total. */
export function readOffer(sdp: string): Either<Unanswerable, Offer> {
  const [session, ...media] = sections(sdp);
  const lines = media.filter(section => isAudio(section) && !isRefused(section));
  if (lines.length === 0) return left({ code: 304, text: 'There is no sound in the offer' });
  const audio = lines.find(section => obstacle(session, section) === undefined);
  if (audio === undefined) return left(obstacle(session, lines[0] ?? []) ?? { code: 399, text: 'Not acceptable' });
  return right({
    sdp: textOf([bundled(session, audio), ...media.map(one => (one === audio ? one : placeholder(one)))].flat()),
    answered: answer => {
      const [head, ...ours] = sections(answer);
      const taken = ours.find(isAudio) ?? [];
      return textOf([head, ...media.map(theirs => (theirs === audio ? taken : refused(theirs)))].flat());
    },
  });
}
