/** An element: its name without a prefix, its attributes under their full names, and all text that stands directly in it. */
export type Xml = {
  readonly name: string;
  readonly attributes: ReadonlyMap<string, string>;
  readonly children: readonly Xml[];
  readonly text: string;
};

type Open = { readonly tag: string; readonly attributes: Xml['attributes']; readonly children: Xml[]; text: string };

/** A token of a document, and the index where the next one begins. */
type Token = { readonly end: number } & (
  | { readonly _tag: 'text'; readonly text: string }
  | { readonly _tag: 'open'; readonly tag: string; readonly attributes: Xml['attributes']; readonly isEmpty: boolean }
  | { readonly _tag: 'close'; readonly tag: string }
  | { readonly _tag: 'nothing' }
);

/** Limits of a document: length in UTF-16 units, and nesting depth. */
const longest = 65_536;
const deepest = 32;

const foreign = /[^\P{Cc}\t\n\r]|\p{Cs}/u;
const name = /[^\s<>/="'&!?]+/.source;
const value = /"[^"<]*"|'[^'<]*'/.source;
const openTag = new RegExp(`<(${name})((?:\\s+${name}\\s*=\\s*(?:${value}))*)\\s*(/?)>`, 'y');
const closeTag = new RegExp(`</(${name})\\s*>`, 'y');
const attribute = new RegExp(`(${name})\\s*=\\s*(${value})`, 'g');
const reference = /&(?:(amp|lt|gt|quot|apos)|#(\d{1,7})|#x([\da-fA-F]{1,6}));|&/g;

const entities: Readonly<Partial<Record<string, string>>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

/** Stands for what is no character; no document contains it. */
const none = '\0';

function character(code: number): string {
  const meant = code > 0x10ffff ? none : String.fromCodePoint(code);
  return foreign.test(meant) ? none : meant;
}

/** A text with its references resolved; `undefined` where it has one that is not known. */
function resolved(text: string): string | undefined {
  const plain = text.replace(
    reference,
    (_, entity: string | undefined, decimal: string | undefined, hex: string | undefined) => {
      if (entity !== undefined) return entities[entity] ?? none;
      return character(hex === undefined ? parseInt(decimal ?? '0', 10) : parseInt(hex, 16));
    },
  );
  return plain.includes(none) ? undefined : plain;
}

function attributesOf(text: string): Xml['attributes'] | undefined {
  const found = new Map<string, string>();
  for (const [, key = '', quoted = ''] of text.matchAll(attribute)) {
    const plain = resolved(quoted.slice(1, -1));
    if (plain === undefined || found.has(key)) return undefined;
    found.set(key, plain);
  }
  return found;
}

function matchAt(pattern: RegExp, document: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at;
  return pattern.exec(document);
}

type Reader = (document: string, at: number) => Token | undefined;

/** A token that ends with these characters, and how its text becomes a value. */
function upTo(start: string, stop: string, token: (inside: string, end: number) => Token): Reader {
  return (document, at) => {
    const end = document.indexOf(stop, at + start.length);
    return end === -1 ? undefined : token(document.slice(at + start.length, end), end + stop.length);
  };
}

function nothing(_: string, end: number): Token {
  return { _tag: 'nothing', end };
}

const readClose: Reader = (document, at) => {
  const [all, tag] = matchAt(closeTag, document, at) ?? [];
  return all === undefined || tag === undefined ? undefined : { _tag: 'close', tag, end: at + all.length };
};

const readOpen: Reader = (document, at) => {
  const [all, tag, list = '', slash] = matchAt(openTag, document, at) ?? [];
  const attributes = attributesOf(list);
  return all === undefined || tag === undefined || attributes === undefined
    ? undefined
    : { _tag: 'open', tag, attributes, isEmpty: slash === '/', end: at + all.length };
};

const readText: Reader = (document, at) => {
  const found = document.indexOf('<', at);
  const end = found === -1 ? document.length : found;
  const text = resolved(document.slice(at, end));
  return text === undefined ? undefined : { _tag: 'text', text, end };
};

/** Token readers by prefix; another `<!`, such as DOCTYPE, makes the document unreadable. */
const readers: readonly (readonly [start: string, read: Reader])[] = [
  ['<![CDATA[', upTo('<![CDATA[', ']]>', (text, end) => ({ _tag: 'text', text, end }))],
  ['<!--', upTo('<!--', '-->', nothing)],
  ['<!', () => undefined],
  ['<?', upTo('<?', '?>', nothing)],
  ['</', readClose],
  ['<', readOpen],
  ['', readText],
];

const pull: Reader = (document, at) => readers.find(([start]) => document.startsWith(start, at))?.[1](document, at);

function local(tag: string): string {
  return tag.slice(tag.lastIndexOf(':') + 1);
}

function closed({ tag, attributes, children, text }: Open): Xml {
  return { name: local(tag), attributes, children, text };
}

/** Applies a token to the element stack; false when the document is not well-formed or too deep. */
function take(open: Open[], token: Token): boolean {
  const current = open.at(-1);
  if (current === undefined) return false;
  const isOutside = open.length === 1;
  if (token._tag === 'text') {
    current.text += token.text;
    return !isOutside || token.text.trim() === '';
  }
  if (token._tag === 'open') {
    const begun: Open = { tag: token.tag, attributes: token.attributes, children: [], text: '' };
    if (token.isEmpty) current.children.push(closed(begun));
    else open.push(begun);
    return open.length <= deepest + 1 && (!isOutside || current.children.length <= 1);
  }
  if (token._tag === 'nothing') return true;
  open.pop();
  open.at(-1)?.children.push(closed(current));
  return !isOutside && current.tag === token.tag && (open.length > 1 || open[0]?.children.length === 1);
}

/**
 * The root of a small XML document, or `undefined` for what is none. Total, and in time that grows with the length alone.
 *
 * Prefixes are left out and not resolved. Of entities the five predefined ones are known, and references to characters; a
 * document with a DTD is unreadable, so that nothing in it can be made to grow. XML 1.0.
 */
export function parseXml(document: string): Xml | undefined {
  if (document.length > longest || foreign.test(document)) return undefined;
  const open: Open[] = [{ tag: '', attributes: new Map(), children: [], text: '' }];
  let at = document.startsWith('\ufeff') ? 1 : 0;
  while (at < document.length) {
    const token = pull(document, at);
    if (token === undefined || !take(open, token)) return undefined;
    at = token.end;
  }
  return open.length === 1 ? open[0]?.children[0] : undefined;
}
