import type { Request } from '../../lib/conversation/port.js';
import { isLeft } from '../../lib/core/either.js';
import { json, startFar, type Far, type Seen } from '../service/adapter/far.js';
import { line, stopAll, type Line } from '../service/adapter/line.js';
import { hostile } from './hostile.js';

/** Every place where a text of the application's goes out by REST: the request, and where the text stands in it. */
type Field = {
  readonly request: (text: string) => Request;
  readonly sent: (seen: Seen) => unknown;
  /** As it should stand there; unchanged, unless told. */
  readonly written?: (text: string) => string;
};

const same = (text: string): string => text;
const segment =
  (index: number): Field['sent'] =>
  ({ path }) =>
    decodeURIComponent(path.split('/')[index] ?? '');
const inBody =
  (...path: readonly string[]): Field['sent'] =>
  ({ body }) =>
    path.reduce<unknown>((part, name) => (part as Readonly<Record<string, unknown>>)[name], body);

const fields: Readonly<Record<string, Field>> = {
  'a user': { request: user => ({ verb: 'getUser', args: { user } }), sent: segment(3) },
  'a conversation': {
    request: conversation => ({ verb: 'getConversation', args: { conversation } }),
    sent: segment(3),
  },
  // The service's own word, which it has encoded already.
  'a cursor': {
    request: cursor => ({ verb: 'getConversations', args: { cursor } }),
    sent: ({ query }) => query['cursor'],
    written: text => new URL(`http://x/?c=${text}`).search.slice(3),
  },
  'a name': { request: name => ({ verb: 'createConversation', args: { name } }), sent: inBody('name') },
  'a display name': {
    request: displayName => ({ verb: 'createConversation', args: { displayName } }),
    sent: inBody('display_name'),
  },
  'custom data': {
    request: text => ({ verb: 'createConversation', args: { customData: { [text]: text } } }),
    sent: seen => Object.values(inBody('properties', 'custom_data')(seen) as Readonly<Record<string, string>>)[0],
  },
  'a text message': {
    request: text => ({ verb: 'send', args: { conversation: 'CON-1', content: { kind: 'text', text }, key: 'k' } }),
    sent: inBody('body', 'text'),
  },
};

describe('fuzz: values of REST responses', () => {
  let far: Far;
  let alice: Line;
  beforeEach(async () => {
    far = await startFar();
    alice = line({ apiUrl: far.url });
    await alice.up();
    far.on('GET /v0.3/conversations/CON-1/members/me', json({ id: 'MEM-ME', state: 'JOINED' }));
    far.on('POST /v0.3/conversations/CON-1/events', json({ id: 1, timestamp: 't' }));
    await alice.ask(fields['a text message']!.request('5'));
    far.seen.length = 0;
  });
  afterEach(async () => {
    await stopAll();
    await far.close();
  });

  /** What one request becomes: refused with a code, or seen at the other end. */
  const put = async (request: Request): Promise<{ readonly refused: string } | { readonly seen: Seen }> => {
    far.seen.length = 0;
    const result = await alice.ask(request);
    const [seen, ...others] = far.seen;
    expect(others).toEqual([]);
    if (seen !== undefined) return { seen };
    return { refused: isLeft(result) ? result.left.fault.code : 'answered' };
  };

  const shape = ({ method, path, query, headers }: Seen): unknown => ({
    method,
    segments: path.split('/').length,
    query: Object.keys(query),
    headers: Object.keys(headers).filter(name => name !== 'content-length'),
  });

  it.each(Object.entries(fields))(
    'arrives as it was, and as nothing else, as %s',
    async (_, { request, sent, written = same }) => {
      const harmless = await put(request('5'));
      if (!('seen' in harmless)) throw new Error(`Not even 5 is sent: ${harmless.refused}.`);
      expect(sent(harmless.seen)).toBe('5');
      for (const [what, text] of Object.entries(hostile)) {
        const outcome = await put(request(text));
        if ('refused' in outcome) {
          // Node reads no path as long, and says 431.
          const code = text.length > 10_000 ? 'refused' : 'invalid-argument';
          expect({ what, ...outcome }).toEqual({ what, refused: code });
        } else {
          expect({ what, shape: shape(outcome.seen) }).toEqual({ what, shape: shape(harmless.seen) });
          expect({ what, sent: sent(outcome.seen) }).toEqual({ what, sent: written(text) });
        }
      }
    },
  );

  it('is no token if a header cannot carry it', async () => {
    for (const text of Object.values(hostile).filter(each => /[^\x21-\x7e]/.test(each))) {
      const bob = line({ apiUrl: far.url, token: () => text });
      bob.perform({ _tag: 'open' });
      expect(await bob.next('closed')).toMatchObject({ fault: { code: 'invalid-token' } });
      expect(bob.sockets).toEqual([]);
    }
    expect(far.seen).toEqual([]);
  });
});
