import { isRight } from '../core/either.js';
import { compact } from '../core/compact.js';
import { isFields, numberOf, textOf, parseAnswer, parseJson } from './codec-shapes.js';

/** A parsed frame: Engine.IO 4 and, within it, Socket.IO 5. */
export type Frame =
  /** `quiet`: how long, in ms, it may at most be silent from now on. */
  | { readonly _tag: 'handshake'; readonly quiet?: number }
  | { readonly _tag: 'ping' | 'bye' }
  | { readonly _tag: 'connected' | 'disconnected'; readonly namespace: string }
  | { readonly _tag: 'refused'; readonly namespace: string; readonly message?: string }
  /** `ack`: the number under which it is to be acknowledged. */
  | { readonly _tag: 'event'; readonly name: string; readonly payload: unknown; readonly ack?: string }
  /** Something that needs no answer. */
  | { readonly _tag: 'other' }
  /** `ack`: it is to be acknowledged even so. */
  | { readonly _tag: 'malformed'; readonly why: string; readonly ack?: string };

/** A namespace that no server has: its refusal proves that the server lives. */
const nowhere = '/callstream-probe';

export const join = '40';
export const leave = '41';
export const pong = '3';
export const probe = `40${nowhere},`;
export const leaveProbe = `41${nowhere},`;
export function ackOf(number: string): string {
  return `43${number}[]`;
}
export function eventOf(name: string, payload: unknown): string {
  return `42${JSON.stringify([name, payload])}`;
}

export function readFrame(frame: string | ArrayBuffer): Frame {
  if (typeof frame !== 'string') return malformed('it is binary');
  switch (frame[0]) {
    case '0':
      return handshake(frame.slice(1));
    case '1':
      return { _tag: 'bye' };
    case '2':
      return { _tag: 'ping' };
    case '3':
    case '6':
      return { _tag: 'other' };
    case '4':
      return packet(frame);
    default:
      return malformed('it is none of this protocol');
  }
}

function handshake(text: string): Frame {
  const parsed = parseJson(text);
  if (!isRight(parsed) || !isFields(parsed.right)) return malformed('the handshake is none');
  const { pingInterval, pingTimeout } = parsed.right;
  const quiet = (numberOf(pingInterval) ?? 0) + (numberOf(pingTimeout) ?? 0);
  return quiet > 0 ? { _tag: 'handshake', quiet } : { _tag: 'handshake' };
}

/** `4`, its type, the namespace unless it is the main one, the number of the acknowledgement, and what it carries. */
function packet(frame: string): Frame {
  const comma = frame[2] === '/' ? frame.indexOf(',') : 1;
  const end = comma === -1 ? frame.length : comma;
  const namespace = frame.slice(2, end);
  switch (frame[1]) {
    case '0':
      return { _tag: 'connected', namespace };
    case '1':
      return { _tag: 'disconnected', namespace };
    case '2':
      return namespace === '' ? event(frame) : { _tag: 'other' };
    case '3':
      return { _tag: 'other' };
    case '4':
      return refused(namespace, frame.slice(end + 1));
    case '5':
      return binary(frame);
    default:
      return malformed('it is none of this protocol');
  }
}

function refused(namespace: string, text: string): Frame {
  const parsed = parseJson(text);
  const message = isRight(parsed) && isFields(parsed.right) ? textOf(parsed.right['message']) : undefined;
  return message === undefined ? { _tag: 'refused', namespace } : { _tag: 'refused', namespace, message };
}

function malformed(why: string, ack?: string): Frame {
  return { _tag: 'malformed', why, ...compact({ ack }) };
}

/** `42`, the number of the acknowledgement, and the event. */
function event(frame: string): Frame {
  let start = 2;
  while (isDigit(frame.charCodeAt(start))) start += 1;
  // Ids longer than a safe integer are dropped: no request of ours has one.
  if (start - 2 > longestAck) return malformed('its number is none');
  const ack = start === 2 ? undefined : frame.slice(2, start);
  const text = frame.slice(start);
  // The login frame contains all missed events, so it has no size limit.
  const parsed = text.startsWith('["session:success"') ? parseAnswer(text) : parseJson(text);
  if (!isRight(parsed)) return malformed(parsed.left, ack);
  const [name, payload] = Array.isArray(parsed.right) ? (parsed.right as readonly unknown[]) : [];
  if (typeof name !== 'string') return malformed('the event has no name', ack);
  return ack === undefined ? { _tag: 'event', name, payload } : { _tag: 'event', name, payload, ack };
}

/** An event with binary parts, which follow in as many frames: `45`, their number, a dash, and then as any event. */
function binary(frame: string): Frame {
  const told = event(frame.replace(/^45\d+-/, '42'));
  return malformed('it is binary', 'ack' in told ? told.ack : undefined);
}

const longestAck = 16;
function isDigit(character: number): boolean {
  return character >= 0x30 && character <= 0x39;
}
