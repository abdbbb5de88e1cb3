/** `audio:say`: a text that is spoken to all participants of a call. */
import { createCheck, isWords } from '../chat/check.js';
import { newId } from '../chat/ids.js';
import { problem, type Reply } from '../chat/reply.js';
import type { JsonObject as Json } from '../chat/json.js';
import type { Words } from './speech.js';
import { isSsml } from './ssml.js';

/** The longest text, in characters. */
export const maxTextLength = 1500;

/** A parsed request, and its event. */
export interface SayRequest {
  readonly words: Words;
  /** True when it waits for the text before it. */
  readonly queue: boolean;
  readonly body: Json & { readonly say_id: string };
}

/** Reads the body of `audio:say`. */
export function parseSayRequest(body: unknown): SayRequest | Reply {
  const check = createCheck(body, 'body');
  const text = check.must('text');
  const [level, loop] = [check.number('level') ?? 0, check.number('loop') ?? 1];
  const [queue, ssml] = [flag('queue', true), flag('ssml', false)];
  const voice = check.text('voice_name');
  if (text.length > maxTextLength) check.refuse('text', `must have at most ${maxTextLength} characters`);
  if (level < -1 || level > 1) check.refuse('level', 'must be from -1 to 1');
  if (!Number.isInteger(loop) || loop < 0) check.refuse('loop', 'must be a whole number from 0');
  const failed = check.failed();
  if (failed) return failed;
  // The existing client sends `ssml: true` with plain texts too.
  const marked = ssml && text.includes('<');
  if (marked && !isSsml(text))
    return problem(400, 'voice:error:invalid-ssml', 'The text is not well-formed XML with the root speak.');
  const named = voice === undefined ? {} : { voice_name: voice };
  return {
    words: { text, ssml: marked, level, loop, ...(voice === undefined ? {} : { voice }) },
    queue,
    body: { say_id: newId('SAY'), text, level, loop, queue, ssml, ...named },
  };

  function flag(field: string, usual: boolean): boolean {
    const value = isWords(body) && Object.hasOwn(body, field) ? body[field] : usual;
    if (typeof value === 'boolean') return value;
    check.refuse(field, 'must be true or false');
    return usual;
  }
}
