import { URI } from './sipjs.js';

/** URI parameters whose values are compared without case (RFC 3261 §19.1.4): they are kept in lower case. */
const caseless: ReadonlySet<string> = new Set(['transport', 'user']);

/** Parameters in sip.js's form: names in lower case, `null` without a value. `__proto__` would change the object itself. */
export function parametersOf(text: string): Readonly<Record<string, string | null>> {
  return Object.fromEntries(
    [...text.matchAll(/;([^;="]+)(?:=("(?:[^"\\]|\\.)*"|[^;]*))?/g)]
      .map(([, name = '', value = null]): [string, string | null] => [name.toLowerCase(), value])
      .filter(([name]) => name !== '__proto__'),
  );
}

const userForm = /(?:[\w\-.!~*'()&=+$,;?/]|%[\da-f]{2})+/.source;
const hostForm = /\[[\da-f:.]+\]|[\w-]+(?:\.[\w-]+)*\.?/.source;
const form = new RegExp(
  `^(sips?):(?:(${userForm})(?::[^@]*)?@)?(${hostForm})(?::(\\d{1,5}))?((?:;[^;=?@]+(?:=[^;?@]*)?)*)$`,
  'i',
);

function decoded(user: string): string | undefined {
  try {
    return decodeURIComponent(user);
  } catch {
    return undefined;
  }
}

/** A SIP URI without header fields; `undefined` when it is none. A password is dropped. RFC 3261 §19.1.1. */
export function parseSipUri(text: string): URI | undefined {
  const [, scheme, user, host, port, parameters = ''] = form.exec(text) ?? [];
  const name = user === undefined ? undefined : decoded(user);
  if (host === undefined || (user !== undefined && name === undefined)) return undefined;
  const all = Object.entries(parametersOf(parameters)).map(
    ([key, value]) => [key, caseless.has(key) ? (value?.toLowerCase() ?? null) : value] as const,
  );
  return new URI(scheme, name ?? '', host, port === undefined ? undefined : Number(port), Object.fromEntries(all));
}
