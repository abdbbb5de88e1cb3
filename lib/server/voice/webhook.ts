/** Asking an answer URL what to do with a call. */
import type { Words } from '../chat/wire.js';
import type { Leg } from './legs.js';
import { readActions, type Read } from './ncco.js';

const patience = 5000;
const longest = 65_536;

/** The URL that a text says. Throws when it is none that can be asked. */
export function answerUrlOf(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || !['http:', 'https:'].includes(url.protocol))
    throw new RangeError('answerUrl must be an http or https URL');
  return url;
}

/** `GET` with `from`, `to`, `uuid` (of the leg), `conversation_uuid` and `custom_data` in the query; five seconds at most. */
export async function askActions(answerUrl: URL, leg: Leg, context: Words): Promise<Read> {
  const url = new URL(answerUrl);
  const told = {
    from: leg.from.user ?? '',
    to: leg.to.user ?? leg.to.number ?? leg.to.uri ?? '',
    uuid: leg.id,
    conversation_uuid: leg.conversation,
    custom_data: JSON.stringify(context),
  };
  for (const [name, value] of Object.entries(told)) url.searchParams.set(name, value);
  try {
    const answer = await fetch(url, { signal: AbortSignal.timeout(patience), headers: { accept: 'application/json' } });
    if (!answer.ok) return { wrong: `it answers ${answer.status}` };
    const text = await answer.text();
    return text.length > longest ? { wrong: 'its answer is too long' } : readActions(JSON.parse(text));
  } catch (error) {
    return { wrong: error instanceof SyntaxError ? 'its answer is no JSON' : 'it cannot be reached' };
  }
}
