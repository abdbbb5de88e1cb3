import { isRight } from '../core/either.js';
import { fault, type FaultCode, type Problem } from '../core/fault.js';
import type { Failure, Millis } from '../core/port.js';
import { isFields, textOf, type Fields, parseJson } from './codec-shapes.js';

const codes: Readonly<Record<number, FaultCode>> = {
  400: 'invalid-argument',
  401: 'unauthorized',
  403: 'forbidden',
  404: 'not-found',
  408: 'timeout',
  409: 'conflict',
  413: 'too-large',
  422: 'invalid-argument',
  429: 'rate-limited',
};

/** Longest quotation of the server's text, in characters. */
const longest = 500;

type Refusal = {
  readonly status: number;
  readonly retryAfter: string | null;
  readonly body: string;
  /** Time of the server, from its `Date` header. */
  readonly now: Millis;
  /** Removes tokens from the server's text. */
  readonly hide: (text: string) => string;
};

/** Maps an unsuccessful response to a failure, with a problem body (RFC 7807) or without. */
export function failureOf({ status, retryAfter, body, now, hide }: Refusal): Failure {
  const words = wordsOf(body);
  const said = (value: unknown): string | undefined => {
    const text = textOf(value);
    return text === undefined || text === '' ? undefined : hide(text).slice(0, longest);
  };
  const [message, serverCode] = [said(words['detail']) ?? said(words['title']), said(words['code'])];
  const problems = problemsOf(words['invalid_parameters'], text => said(text) ?? '');
  const ms = waitOf(retryAfter, now);
  return {
    fault: fault(codes[status] ?? (status >= 500 ? 'server-error' : 'refused'), {
      statusCode: status,
      ...(message === undefined ? {} : { message }),
      ...(serverCode === undefined ? {} : { serverCode }),
      ...(problems.length === 0 ? {} : { problems }),
    }),
    ...(ms === undefined ? {} : { retryAfter: ms }),
  };
}

function wordsOf(body: string): Fields {
  const parsed = parseJson(body);
  return isRight(parsed) && isFields(parsed.right) ? parsed.right : {};
}

function problemsOf(value: unknown, said: (text: unknown) => string): readonly Problem[] {
  return Array.isArray(value)
    ? value.filter(isFields).map(({ name, reason }) => ({ name: said(name), reason: said(reason) }))
    : [];
}

/** Seconds, also fractions, or a date; the longest, where a proxy has added its own. RFC 9110 §10.2.3. */
function waitOf(header: string | null, now: Millis): Millis | undefined {
  const each = header?.match(/[a-z]{3,}, [^,]+|[^,]+/gi) ?? [];
  const waits = each.map(one => (/[a-z]/i.test(one) ? Date.parse(one) - now : Number(one) * 1000));
  const longest = Math.max(...waits.filter(Number.isFinite));
  return longest === -Infinity ? undefined : Math.max(0, longest);
}

/** A failure of our own. */
export function failed(...details: Parameters<typeof fault>): Failure {
  return { fault: fault(...details) };
}

/** A thrown value may quote a token or the request: only its name goes into the fault. */
export function thrown(error: unknown): { readonly cause: { readonly name: unknown } } {
  return {
    cause: { name: isFields(error) ? error['name'] : undefined },
  };
}
