import type { MessageCount } from '../subscriptions/model.js';
import type { Notice } from '../subscriptions/port.js';

/** The type of such a body. RFC 3842 §5. */
export const MESSAGE_SUMMARY = 'application/simple-message-summary';

const waiting = /^messages-waiting[ \t]*:[ \t]*(yes|no)[ \t]*$/i;
/** `Voice-Message: 2/8 (0/2)`: heard not yet and already, and how many of each are urgent. */
const count =
  /^([a-z]+-message|none)[ \t]*:[ \t]*(\d{1,9})[ \t]*\/[ \t]*(\d{1,9})(?:[ \t]*\([ \t]*\d{1,9}[ \t]*\/[ \t]*\d{1,9}[ \t]*\))?[ \t]*$/i;

const countOf = (line: string): readonly (readonly [name: string, count: MessageCount])[] => {
  const [, name, fresh, old] = count.exec(line) ?? [];
  return name === undefined ? [] : [[name.toLowerCase(), { new: Number(fresh), old: Number(old) }]];
};

/**
 * What waits in a mailbox, by class in small letters; `unreadable` where it is not said whether anything does. Total. Lines
 * that are no counts, such as headers of the messages themselves, are passed over.
 */
export const parseMessageSummary = (body: string): Notice => {
  const lines = body.split(/\r\n|\n|\r/);
  const [, word] = waiting.exec(lines.find(line => line.trim() !== '') ?? '') ?? [];
  return word === undefined
    ? { _tag: 'unreadable' }
    : { _tag: 'messages', waiting: word.toLowerCase() === 'yes', counts: Object.fromEntries(lines.flatMap(countOf)) };
};
