/** The grammar inside header values: URIs, name-addrs and Via. RFC 3261 §19.1, §20.10, §20.42. */

/** A sip or sips URI, the parts that routing looks at. */
export interface SipUri {
  readonly scheme: string;
  readonly user?: string;
  /** Lower case; an IPv6 address keeps its brackets. */
  readonly host: string;
  readonly port?: number;
}

/** Parameters by name, in lower case; those without a value have `''`. */
export type Params = ReadonlyMap<string, string>;

/** A name-addr or addr-spec with the parameters of its header. */
export interface Address {
  readonly display?: string;
  readonly uri: string;
  readonly params: Params;
}

/** The part of a Via that matches a transaction. */
export interface Via {
  readonly sentBy: string;
  readonly host: string;
  readonly branch: string;
}

const sipUri = /^(sips?):(?:([^@;?]*)@)?(\[[0-9a-f:.]+\]|[^:;?@>\s[\]]+)(?::(\d{1,5}))?(?:[;?].*)?$/i;

/** A sip or sips URI taken apart, the user without escapes and without a password; `undefined` for any other. */
export function parseUri(text: string): SipUri | undefined {
  const found = sipUri.exec(text.trim());
  if (!found) return undefined;
  const [, scheme = '', userinfo, host = '', port] = found;
  const user = userinfo === undefined ? undefined : unescapeUser(userinfo.split(':')[0] ?? '');
  return {
    scheme: scheme.toLowerCase(),
    host: host.toLowerCase(),
    ...(user === undefined ? {} : { user }),
    ...(port === undefined ? {} : { port: Number(port) }),
  };
}

function unescapeUser(user: string): string {
  try {
    return decodeURIComponent(user);
  } catch {
    return user;
  }
}

/** A From, To, Contact, Route … value. Parameters outside the brackets belong to the header. */
export function parseAddress(text: string): Address | undefined {
  const bracketed = /^\s*(?:"((?:[^"\\]|\\.)*)"|([^"<]*))\s*<([^<>]+)>(.*)$/s.exec(text);
  if (!bracketed) {
    const [uri = '', ...rest] = text.split(';');
    return /^[a-z][a-z0-9+.-]*:\S+$/i.test(uri.trim()) ? { uri: uri.trim(), params: parseParams(rest) } : undefined;
  }
  const [, quoted, plain, uri = '', rest = ''] = bracketed;
  const display = quoted?.replace(/\\(.)/g, '$1') ?? plain?.trim() ?? '';
  return { ...(display === '' ? {} : { display }), uri: uri.trim(), params: parseParams(splitParams(rest)) };
}

function splitParams(text: string): readonly string[] {
  return text.match(/(?:[^;"]|"(?:[^"\\]|\\.)*")+/g) ?? [];
}

function parseParams(parts: readonly string[]): Params {
  const pairs = parts
    .map(part => part.trim())
    .filter(part => part !== '')
    .map((part): [string, string] => {
      const equals = part.indexOf('=');
      if (equals < 0) return [part.toLowerCase(), ''];
      return [part.slice(0, equals).trim().toLowerCase(), unquote(part.slice(equals + 1).trim())];
    });
  return new Map(pairs);
}

/** A Via value; `undefined` without a branch, as no transaction could be matched. */
export function parseVia(text: string): Via | undefined {
  const found = /^\s*SIP\s*\/\s*2\.0\s*\/\s*\w+\s+([^;]+)(.*)$/i.exec(text);
  const sentBy = found?.[1]?.trim().toLowerCase();
  const branch = parseParams(splitParams(found?.[2] ?? '')).get('branch');
  if (sentBy === undefined || branch === undefined || branch === '') return undefined;
  return { sentBy, host: sentBy.replace(/:\d+$/, ''), branch };
}

/** `name=value, name="value"`: the inside of an Authorization header. RFC 3261 §20.7. */
export function parseDigestParams(text: string): Params {
  const pairs = [...text.matchAll(/([\w-]+)\s*=\s*("(?:[^"\\]|\\.)*"|[^\s,]+)/g)];
  return new Map(pairs.map(([, name = '', value = '']): [string, string] => [name.toLowerCase(), unquote(value)]));
}

/** Text in quotes, safe to stand in a header. */
export function quote(text: string): string {
  return `"${text.replace(/[\r\n]/g, ' ').replace(/["\\]/g, '\\$&')}"`;
}

function unquote(text: string): string {
  return text.startsWith('"') && text.endsWith('"') ? text.slice(1, -1).replace(/\\(.)/g, '$1') : text;
}
