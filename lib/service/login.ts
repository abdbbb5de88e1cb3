import { isLeft, right, type Either } from '../core/either.js';
import { fault, type Fault, type FaultCode } from '../core/fault.js';
import type { LineUser } from '../line/model.js';
import { decode, name, struct, text, type Fields } from './codec-shapes.js';

/** Server messages about a login, which the client does not request. */
export type Login = {
  readonly sessionId: string;
  readonly user: LineUser;
  /** Events missed while the session was left, each with its type. */
  readonly pending: readonly unknown[];
};

const success = /*#__PURE__*/ struct({ body: struct({ id: name, user_id: name, name: text }) });

/** `session:success`, or the path at which it can't be understood. */
export function loginOf(payload: unknown): Either<string, Login> {
  const decoded = decode(success, payload);
  if (isLeft(decoded)) return decoded;
  const { body } = decoded.right;
  const { pending_events: pending } = body as typeof body & Fields;
  return right({
    sessionId: body.id,
    user: { id: body.user_id, name: body.name },
    pending: Array.isArray(pending) ? (pending as readonly unknown[]) : [],
  });
}

/** Login failures by the last part of the event's name, with the existing client's term. */
const refusals: ReadonlyMap<string, readonly [FaultCode, string]> = /*#__PURE__*/ new Map([
  ['invalid', ['invalid-session', 'invalid-session']],
  ['invalid-session', ['invalid-session', 'invalid-session']],
  ['terminated', ['invalid-session', 'invalid-session']],
  ['expired-token', ['expired-token', 'expired-token']],
  ['invalid-token', ['invalid-token', 'invalid-token']],
  ['max-open-sessions', ['too-many-sessions', 'max-open-sessions-permitted']],
]);

/** Why a login was refused; nothing, where the event is about something else. */
export function refusalOf(name: string): Fault | undefined {
  const known = refusals.get(name.slice(name.lastIndexOf(':') + 1));
  if (known !== undefined) return fault(known[0], { serverCode: `session:error:${known[1]}` });
  return /^(?:session|system):error/.test(name) ? fault('unauthorized', { serverCode: name }) : undefined;
}

/** The type of an event that stands in a list. */
export function typeOf(event: unknown): string {
  return isTyped(event) ? event.type : '';
}
const isTyped = struct({ type: text }).is;

/** Fault of an ignored frame; it names the path in it, never its content. */
export function malformed(why: string): Fault {
  return fault('malformed-frame', { message: `A frame was dropped: ${why}.` });
}
