/** Asking an answer URL what to do with a call. */
import type { JsonObject } from '../chat/json.js';
import type { Leg } from './legs.js';
import { readActions, type Read } from './ncco.js';

const patience = 5000;
const longest = 65_536;

/** URL and method of the answer URL. */
export interface AnswerUrl {
  readonly url: URL;
  readonly method: 'GET' | 'POST';
}

/** Parses an answer URL. Throws unless it is http or https. */
export function answerUrlOf(text: string, method: AnswerUrl['method'] = 'GET'): AnswerUrl {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || !['http:', 'https:'].includes(url.protocol))
    throw new RangeError('answerUrl must be an http or https URL');
  return { url, method };
}

/** Asks for the actions: five seconds at most. */
export async function askActions({ url, method }: AnswerUrl, leg: Leg, context: JsonObject): Promise<Read> {
  const told = { ...context, ...standing(leg, context) };
  try {
    const answer = await fetch(method === 'GET' ? withQuery(url, told) : url, {
      method,
      signal: AbortSignal.timeout(patience),
      headers: { accept: 'application/json', ...(method === 'GET' ? {} : { 'content-type': 'application/json' }) },
      ...(method === 'GET' ? {} : { body: JSON.stringify(told) }),
    });
    if (!answer.ok) return { wrong: `it answers ${answer.status}` };
    const text = await answer.text();
    return text.length > longest ? { wrong: 'its answer is too long' } : readActions(JSON.parse(text));
  } catch (error) {
    return { wrong: error instanceof SyntaxError ? 'its answer is no JSON' : 'it cannot be reached' };
  }
}

/**
 * What is told of every call. `to` is what the caller's context names; `from` is missing, as it is where a user of an
 * application calls: a number would stand there.
 */
function standing({ id, conversation, from, to }: Leg, context: JsonObject): JsonObject {
  const named = Object.hasOwn(context, 'to') ? context['to'] : undefined;
  const isNamed = typeof named === 'string' || typeof named === 'number';
  return {
    from_user: from.user ?? '',
    to: isNamed ? String(named) : (to.user ?? to.number ?? to.uri ?? ''),
    endpoint_type: 'app',
    uuid: id,
    conversation_uuid: conversation,
    custom_data: JSON.stringify(context),
  };
}

function withQuery(url: URL, told: JsonObject): URL {
  const asked = new URL(url);
  for (const [name, value] of Object.entries(told))
    asked.searchParams.set(name, typeof value === 'string' ? value : JSON.stringify(value));
  return asked;
}
