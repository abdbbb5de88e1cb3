import fc from 'fast-check';
import type { Request } from '../../lib/conversation/port.js';
import { check } from '../../lib/service/checks.js';
import { contents } from './adapter/far.js';

const wrong = (verb: string, args: unknown): unknown => {
  const fault = check({ verb, args } as unknown as Request);
  if (fault === undefined) return 'nothing';
  return fault.problems === undefined ? fault.code : fault.problems.map(({ name, reason }) => `${name}: ${reason}`);
};
const send = (content: unknown): unknown => wrong('send', { conversation: 'CON-1', content });

describe('service: parameter checks', () => {
  it.each<[verb: string, args: unknown]>([
    ['refreshSession', {}],
    ['getUser', { user: 'me' }],
    ['createConversation', {}],
    [
      'createConversation',
      { name: 'n', displayName: '', imageUrl: 'http://x/', ttl: 0, customSortKey: '', customData: {} },
    ],
    ['createConversation', { customData: '{"a":1}' }],
    ['createConversation', { imageUrl: 'imageUrl' }],
    ['updateConversation', { conversation: 'C', changes: { name: null, ttl: null, customData: null, imageUrl: null } }],
    ['getConversations', { order: 'asc', pageSize: 100, cursor: 'a%3D', orderBy: 'created', includeCustomData: false }],
    ['getConversationEvents', { conversation: 'C', eventFilter: ['1', '2', '3', '4', '5'], startId: 0, pageSize: 1 }],
    ['sendReceipt', { conversation: 'C', event: 1, receipt: 'seen' }],
    ['getLeg', { leg: 'L' }],
    ['getCallLegs', { conversation: 'C', order: 'desc', pageSize: 1, cursor: 'a' }],
    ['send', { conversation: 'C', content: { kind: 'text', text: 'x' }, key: 'K-1' }],
    ['send', { conversation: 'C', content: { kind: 'event', type: 'x', body: {} } }],
    ['send', { conversation: 'C', content: { kind: 'event', type: 'custom:x', body: '{}' } }],
    ['sendEphemeral', { conversation: 'C', body: { typing: true } }],
  ])('nothing: %s %j', (verb, args) => {
    expect(wrong(verb, args)).toBe('nothing');
  });
  it.each(contents.map(([content]) => [content.kind, content] as const))('nothing: a %s', (_, content) => {
    expect(send(content)).toBe('nothing');
  });

  it.each<[verb: string, args: unknown, problems: readonly string[]]>([
    ['dance', {}, ['verb: one of this service']],
    ['constructor', {}, ['verb: one of this service']],
    ['getUser', {}, ['user: a string that is not empty']],
    ['getUser', { user: ' ' }, ['user: a string that is not empty']],
    ['getUser', { user: '..' }, ['user: a string that is not empty']],
    ['getUser', null, [': an object']],
    ['getLeg', { leg: '.' }, ['leg: a string that is not empty']],
    [
      'getCallLegs',
      { pageSize: 0 },
      ['pageSize: an integer from 1 to 100', 'conversation: a string that is not empty'],
    ],
    [
      'getConversations',
      { order: 'up', pageSize: -1, cursor: 'a&b=c', orderBy: 'name', includeCustomData: 1 },
      [
        'order: asc or desc',
        'pageSize: an integer from 1 to 100',
        'cursor: a cursor of a page',
        'includeCustomData: true or false',
        'orderBy: created or custom_sort_key',
      ],
    ],
    ['getConversations', { pageSize: 1.5 }, ['pageSize: an integer from 1 to 100']],
    ['getConversations', { pageSize: '5' }, ['pageSize: an integer from 1 to 100']],
    [
      'getConversationEvents',
      { conversation: '', eventFilter: ['1', '2', '3', '4', '5', '6'], startId: -1 },
      [
        'conversation: a string that is not empty',
        'eventFilter: at most five types',
        'startId: a whole number, not negative',
      ],
    ],
    [
      'createConversation',
      { name: '', imageUrl: 'javascript:alert(1)', ttl: 'long', customData: [1] },
      [
        'name: a string that is not empty',
        'imageUrl: an http: or https: URL',
        'ttl: a whole number, not negative',
        'customData: a JSON object, or the text of one',
      ],
    ],
    ['updateConversation', { conversation: 'C' }, ['changes: an object']],
    ['updateConversation', { conversation: 'C', changes: { ttl: -1 } }, ['changes.ttl: a whole number, not negative']],
    [
      'sendReceipt',
      { conversation: 'C', event: 'x', receipt: 'felt' },
      ['event: a whole number, not negative', 'receipt: seen or delivered'],
    ],
    [
      'send',
      { conversation: 'C', content: { kind: 'text', text: '' }, key: 'ä' },
      ['key: up to 255 visible ASCII characters'],
    ],
    ['sendEphemeral', { conversation: 'C', body: 5 }, ['body: a JSON object, or the text of one']],
  ])('%s %j', (verb, args, problems) => {
    expect(wrong(verb, args)).toEqual(problems);
  });

  it.each<readonly [content: unknown, problems: readonly string[]]>([
    [undefined, ['content: an object']],
    [{ kind: 'song' }, ['content.kind: text, image, audio, video, file, vcard, location, template, custom, event']],
    [{ kind: 'text', text: 5 }, ['content.text: a string']],
    [{ kind: 'image', url: 'no url' }, ['content.url: an http: or https: URL']],
    [{ kind: 'file', url: 'javascript:alert(1)' }, ['content.url: an http: or https: URL']],
    [{ kind: 'vcard', url: 'data:text/vcard,x' }, ['content.url: an http: or https: URL']],
    [
      { kind: 'location', location: { latitude: 1 } },
      ['content.location.latitude: a string', 'content.location.longitude: a string'],
    ],
    [
      { kind: 'template', template: { parameters: [1] } },
      [
        'content.template.name: a string',
        'content.template.parameters: a list of strings',
        'content.whatsapp: an object',
      ],
    ],
    ...['text', '[1]', '"x"', '{', 5, [1], null, undefined].map(
      customData =>
        [{ kind: 'custom', customData }, ['content.customData: a JSON object, or the text of one']] as const,
    ),
    [{ kind: 'event', type: 'custom:', body: {} }, ['content.type: a type that is not empty']],
  ])('send %j', (content, problems) => {
    expect(send(content)).toEqual(problems);
  });

  it('is that it is too large, in bytes', () => {
    expect(send({ kind: 'text', text: 'x'.repeat(2 * 1024 * 1024 - 100) })).toBe('nothing');
    expect(send({ kind: 'text', text: 'ä'.repeat(1024 * 1024) })).toBe('too-large');
    expect(send({ kind: 'custom', customData: { text: 'x'.repeat(2 * 1024 * 1024) } })).toBe('too-large');
  });

  it('is that JSON can not say it', () => {
    const circle: Record<string, unknown> = {};
    circle['again'] = circle;
    expect(send({ kind: 'custom', customData: circle })).toEqual([': JSON']);
    expect(send({ kind: 'custom', customData: { big: 1n } })).toEqual([': JSON']);
  });

  it('is found whatever it is, and never quoted', () => {
    const secret = 'a-very-secret-value';
    const odd = fc.anything({ withBigInt: true, withNullPrototype: true, withDate: true });
    const verbs = fc.constantFrom(
      'getUser',
      'send',
      'createConversation',
      'updateConversation',
      'getConversationEvents',
    );
    const args = fc.oneof(odd, fc.record({ conversation: odd, content: odd, changes: odd, user: odd, pageSize: odd }));
    fc.assert(
      fc.property(verbs, args, (verb, given) => {
        const fault = check({ verb, args: given } as unknown as Request);
        return fault === undefined || fault.code === 'invalid-argument' || fault.code === 'too-large';
      }),
    );
    expect(
      JSON.stringify(check({ verb: 'getConversations', args: { cursor: `${secret} `, order: secret } } as never)),
    ).not.toContain(secret);
  });
});
