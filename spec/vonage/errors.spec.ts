import { expectTypeOf } from 'expect-type';
import { CSErrorCodes, VonageError, type VonageErrorType } from 'callstream/vonage';
import { toError } from '../../lib/vonage/error.js';
import { fault } from 'callstream';
import { reasonOf, refusalOf, roomOf, world } from './support/world.js';

const illegal = ['INTERNAL_ERROR', 'internal:error:illegal_argument_exception'];

describe('VonageError of a service response', () => {
  const home = world();
  const body = (code: string, detail: string): object => ({ type: 't', title: 'Title', detail, code });

  // Status and body; type, code and message of the error: what the existing client was recorded to make of them.
  it.each([
    [403, body('system:error:permission', 'd'), 'CS_ERROR', 'system:error:permission', 'd'],
    [404, body('user:error:not-found', 'd'), 'CS_ERROR', 'user:error:not-found', 'd'],
    [409, body('conversation:error:duplicate-name', 'dup'), 'CS_ERROR', 'conversation:error:duplicate-name', 'dup'],
    [429, body('http:error:rate-limit', 'slow'), 'CS_ERROR', 'http:error:rate-limit', 'slow'],
    [
      400,
      { ...body('http:error:validation-fail', 'det'), invalid_parameters: [{ name: 'a', reason: 'b' }] },
      'CS_ERROR',
      'http:error:validation-fail',
      'det - invalid_parameters: [InvalidParameter(name=a, reason=b)]',
    ],
    [
      401,
      body('system:error:invalid-token', 'd'),
      'INTERNAL_ERROR',
      'internal:auth:authorization_error',
      'Authorization Error: d',
    ],
    [
      500,
      body('http:error:internal', 'd'),
      'INTERNAL_ERROR',
      'internal:error:service_no_available',
      'ServiceNotAvailable:500',
    ],
    [502, '<html>', 'INTERNAL_ERROR', 'internal:error:service_no_available', 'ServiceNotAvailable:502'],
    [503, {}, 'NETWORK_ERROR', 'internal:error:serviceNotAvailable', 'ServiceTempNotAvailable'],
    [404, '<html>', 'INTERNAL_ERROR', 'internal:error:parsing_exception', 'The server does not know this.'],
    [
      200,
      'no JSON',
      'INTERNAL_ERROR',
      'internal:error:parsing_exception',
      expect.stringMatching("can't be understood") as unknown,
    ],
    [200, {}, 'INTERNAL_ERROR', 'internal:error:parsing_exception', expect.stringMatching('id') as unknown],
  ])('%i %j is %s %s', async (status, answer, type, code, message) => {
    const { server, person } = home();
    const alice = await person('alice');
    const sent = typeof answer === 'string' ? answer : JSON.stringify(answer);
    server.respondHttp({ path: '/v0.3/users/me' }, { status, body: sent, times: 20 });
    expect(await reasonOf(alice.getUser('me'))).toMatchObject({ name: 'VonageError', type, code, message });
  });

  it('that does not come is a failure of the network', async () => {
    const { person } = home();
    const alice = await person('alice', { fetch: () => Promise.reject(new TypeError('fetch failed')) });
    expect(await reasonOf(alice.getUser('me'))).toMatchObject({
      type: 'NETWORK_ERROR',
      code: null,
      message: 'Failed to fetch',
    });
  });

  it('is told in its own words', async () => {
    const alice = await home().person('alice');
    await alice.createConversation({ name: 'taken' });
    const error = await reasonOf(alice.createConversation({ name: 'taken' }));
    expect(error.code).toBe(CSErrorCodes.ConversationDuplicateName);
    expect(error.fault).toMatchObject({ code: 'conflict', statusCode: 409, serverCode: error.code });
    const { id } = await roomOf(alice);
    const codeOf = async (promise: Promise<unknown>): Promise<unknown> => (await reasonOf(promise)).code;
    expect(await codeOf(alice.getConversation('CON-none'))).toBe(CSErrorCodes.ConversationNotFound);
    expect(await codeOf(alice.getConversationMember(id, 'MEM-none'))).toBe(CSErrorCodes.MemberNotFound);
    expect(await codeOf(alice.getUser('nobody'))).toBe(CSErrorCodes.UserNotFound);
    expect(await codeOf(alice.joinConversation(id))).toBe(CSErrorCodes.MemberAlreadyJoined);
    expect(await codeOf(alice.getConversationEvents(id, { cursor: 'none' }))).toBe(CSErrorCodes.InvalidCursor);
    await home().server.token('bob');
    await alice.inviteToConversation(id, 'bob');
    expect(await codeOf(alice.inviteToConversation(id, 'bob'))).toBe(CSErrorCodes.MemberAlreadyInvited);
  });
});

describe('VonageError of an invalid argument', () => {
  const home = world();

  it('that are none are refused before anything is sent, each by its name', async () => {
    const asked = jest.fn();
    const alice = await home().person('alice', {
      fetch: (at, init) => {
        asked();
        return fetch(at, init);
      },
    });
    const wrong = [
      alice.getUser(''),
      alice.sendMessageCustomEvent('C', 'not a json'),
      alice.sendMessageCustomEvent('C', '"str"'),
      alice.sendMessageCustomEvent('C', '[1,2]'),
      alice.sendMessageCustomEvent('C', '{"a":'),
      alice.sendCustomEvent('C', '', {}),
      alice.sendEphemeralEvent('C', 'x'),
      alice.sendMessageImageEvent('C', 'javascript:alert(1)'),
      alice.sendMessageLocationEvent('C', { latitude: '1' } as never),
      alice.sendMessageSeenEvent('1' as never, 'C'),
      alice.deleteEvent(-1, 'C'),
      alice.createConversation({ ttl: -1 }),
      alice.updateConversation('C', { customData: 'x' }),
      alice.getConversations({ pageSize: 1000 }),
      alice.getConversationEvents('C', { eventFilter: ['1', '2', '3', '4', '5', '6'] }),
      alice.sendMessageTextEvent('C', 'x'.repeat(2 * 1024 * 1024)),
    ];
    expect(await Promise.all(wrong.map(refusalOf))).toEqual(wrong.map(() => illegal));
    expect(asked).not.toHaveBeenCalled();
    expect((await reasonOf(alice.createConversation({ ttl: -1, name: ' ' }))).message).toBe(
      'Incorrect arguments provided to method - invalid_parameters: [' +
        'InvalidParameter(name=name, reason=a string that is not empty), ' +
        'InvalidParameter(name=ttl, reason=a whole number, not negative)]',
    );
  });

  it('may be what the existing client refused', async () => {
    const alice = await home().person('alice');
    const { id } = await roomOf(alice);
    const text = '<b>"don\'t"</b> & <script>';
    await alice.sendMessageTextEvent(id, text);
    await alice.sendMessageTextEvent(id, text, true);
    await alice.sendMessageTextEvent(id, '');
    await alice.sendMessageLocationEvent(id, { latitude: '1', longitude: '2', name: null });
    const { events } = await alice.getConversationEvents(id, { eventFilter: ['message'] });
    expect(events.map(({ kind, body }) => [kind, body as unknown])).toEqual([
      ['message:text', { text, deleted: null }],
      ['message:text', { text, deleted: null }],
      ['message:text', { text: '', deleted: null }],
      ['message:location', { location: { latitude: '1', longitude: '2', name: null, address: null }, deleted: null }],
    ]);
  });

  it('of custom data are an object, or the text of one', async () => {
    const alice = await home().person('alice');
    const data = { key: ['value', { deep: null }] };
    for (const customData of [data, JSON.stringify(data)]) {
      const id = await alice.createConversation({ customData });
      await alice.joinConversation(id);
      await alice.sendMessageCustomEvent(id, customData);
      await alice.sendCustomEvent(id, 'mine', customData);
      expect((await alice.getConversation(id)).properties.customData).toEqual(data);
      expect((await alice.updateConversation(id, { customData })).properties.customData).toEqual(data);
      const { events } = await alice.getConversationEvents(id, { eventFilter: ['message', 'custom:mine'] });
      expect(events.map(({ kind, body }) => [kind, body as unknown])).toEqual([
        ['message:custom', { customData: data, deleted: null }],
        ['custom', data],
      ]);
    }
  });
});

it('an error is one, and says what it is', () => {
  const error = toError(fault('internal'));
  expect(error).toBeInstanceOf(VonageError);
  expect(String(error)).toBe('VonageError: An internal error.');
  expect([error.type, error.code]).toEqual(['UNKNOWN_ERROR', null]);
  expectTypeOf(error.type).toEqualTypeOf<VonageErrorType>();
  expectTypeOf(error.code).toEqualTypeOf<string | null>();
});
