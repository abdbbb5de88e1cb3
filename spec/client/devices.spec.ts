import { concatMap, filter, map, type Observable } from 'rxjs';
import type { RunHelpers } from 'rxjs/testing';
import type { ClientOptions } from '../../lib/client/model.js';
import type { Choice } from '../../lib/media/model.js';
import type { DeviceOrder, DeviceReport } from '../../lib/media/port.js';
import { done, failed, fakeDevices, type Letter, type Replies } from '../../lib/testing/index.js';
import { phone, quick, type Phone } from '../call/support/phone.js';
import { callSays, changesOf, codeOf, orderOf } from '../support/legend.js';
import { acts, marbles } from '../support/marbles.js';

const named = (ids: string) => Array.from(ids, id => ({ id, label: id }));
const listed = (ids: string): DeviceReport => ({ _tag: 'devices', inputs: named(ids), outputs: named(ids) });
const shown = (visible: boolean): DeviceReport => ({ _tag: 'page', online: true, visible });

/** What the platform says: which devices there are, and whether the page is looked at. */
const platformSays: Readonly<Record<string, DeviceReport>> = {
  0: listed(''),
  1: listed('ab'),
  2: listed('b'),
  3: listed('bc'),
  v: shown(true),
  h: shown(false),
};

type Set = Phone & { readonly platform$: Observable<DeviceOrder> };

/** A telephone on a page. */
const page = (
  helpers: RunHelpers,
  link: string,
  calls: string,
  platform: string,
  options: Partial<ClientOptions> & {
    readonly replies?: Replies;
    readonly says?: Readonly<Record<string, Letter>>;
  } = {},
): Set => {
  const devices = fakeDevices({ report$: helpers.hot(platform, platformSays) });
  return { ...phone(helpers, link, calls, { devices, ...options }), platform$: devices.order$ };
};

/** The devices that calls were told to use, and how else they were disturbed. */
const inputsOf = ({ line }: Phone): Observable<string> =>
  line.order$.pipe(concatMap(order => (order._tag === 'input' ? [`${order.call}:${order.input.id ?? '-'}`] : [])));
const outputsOf = ({ line }: Phone): Observable<string> =>
  line.order$.pipe(concatMap(order => (order._tag === 'output' ? [order.output.id ?? '-'] : [])));
const negotiationsOf = ({ line }: Phone): Observable<string> =>
  line.order$.pipe(concatMap(({ _tag }) => (_tag === 'change' || _tag === 'restart' ? [_tag] : [])));

const standing = ({ chosen = '-', actual = '-', use }: Choice): string => `${chosen} ${use} ${actual}`;
const inputOf = ({ client }: Phone): Observable<string> =>
  client.device$.pipe(changesOf(({ input }) => standing(input)));

/** The platform opens what it is asked for a frame later. */
const slowly = { input: () => [] } satisfies Replies;
const sayings = {
  ...callSays,
  a: (_, refOf) => done({ ref: refOf('input') }, { id: 'a' }),
  b: (_, refOf) => done({ ref: refOf('input') }, { id: 'b' }),
  n: (_, refOf) => failed({ ref: refOf('input') }, 'mic-missing'),
} satisfies Readonly<Record<string, Letter>>;
const opensA: Pick<Required<Replies>, 'prepare'> = {
  prepare: ({ ref, call }) => [
    { _tag: 'gathering', call, servers: 'none', relayOnly: false },
    done({ ref }, { id: 'a' }),
    { _tag: 'gathered', call },
  ],
};

describe('client: microphone of a call', () => {
  it('is another one while the one that was chosen is gone, and that one when it is back, without negotiation', () => {
    marbles(helpers => {
      const told = page(helpers, '        ^---------------!', '-i------b----a', '1------2----1', {
        replies: { ...quick, ...opensA, ...slowly },
        says: sayings,
      });
      const { client } = told;
      acts(helpers, '                     --c', { c: () => client.chooseInput(['a', 'b']) });
      acts(helpers, '                     ----A', { A: () => client.answer('in') });
      helpers.expectObservable(inputsOf(told)).toBe('-------b----a', { a: 'in:a', b: 'in:b' });
      helpers.expectObservable(negotiationsOf(told)).toBe('');
      const seen = '                       ^--------------!';
      helpers.expectObservable(inputOf(told), seen).toBe('z-c-a--lf----r', {
        z: '- chosen -',
        c: 'a chosen -',
        a: 'a chosen a',
        l: 'a lost a',
        f: 'a fallback b',
        r: 'a chosen a',
      });
    });
  });

  it('is the platform’s own where nothing else was chosen, and is opened again when that one goes', () => {
    marbles(helpers => {
      const told = page(helpers, '        ^---------------!', '-i------b', '1------2', {
        replies: { ...quick, ...opensA, ...slowly },
        says: sayings,
      });
      acts(helpers, '                     ----A', { A: () => told.client.answer('in') });
      helpers.expectObservable(inputsOf(told)).toBe('-------r', { r: 'in:-' });
      helpers.expectObservable(inputOf(told), '^--------------!').toBe('z---a--lb', {
        z: '- chosen -',
        a: '- chosen a',
        l: '- lost a',
        b: '- chosen b',
      });
    });
  });

  it('stays lost while none can be opened, and is tried again with the next change only', () => {
    marbles(helpers => {
      const told = page(helpers, '        ^---------------!', '-i------n----b', '1------2----3', {
        replies: { ...quick, ...opensA, ...slowly },
        says: sayings,
      });
      const { client } = told;
      acts(helpers, '                     --c', { c: () => client.chooseInput('a') });
      acts(helpers, '                     ----A', { A: () => client.answer('in') });
      helpers.expectObservable(inputsOf(told)).toBe('-------d----d', { d: 'in:-' });
      helpers.expectObservable(client.fault$.pipe(map(codeOf))).toBe('--------m', { m: 'mic-missing' });
      helpers.expectObservable(inputOf(told), '^--------------!').toBe('z-c-a--l-----f', {
        z: '- chosen -',
        c: 'a chosen -',
        a: 'a chosen a',
        l: 'a lost a',
        f: 'a fallback b',
      });
    });
  });

  it('is lost when there is none any more, and opened again when there is', () => {
    marbles(helpers => {
      const told = page(helpers, '        ^---------------!', '-i-----------a', '1------0----1', {
        replies: { ...quick, ...opensA, ...slowly },
        says: sayings,
      });
      const { client } = told;
      acts(helpers, '                     --c', { c: () => client.chooseInput('a') });
      acts(helpers, '                     ----A', { A: () => client.answer('in') });
      helpers.expectObservable(inputsOf(told)).toBe('-------a----a', { a: 'in:a' });
      const uses$ = client.device$.pipe(changesOf(({ input }) => input.use));
      helpers.expectObservable(uses$, '^--------------!').toBe('c------l-----c', { c: 'chosen', l: 'lost' });
    });
  });

  it('is not switched by a change that leaves it where it is', () => {
    marbles(helpers => {
      const told = page(helpers, '        ^---------------!', '-i', '3------2---3---2', { replies: { ...quick } });
      const { client } = told;
      acts(helpers, '                     --c', { c: () => client.chooseInput(['b', 'c']) });
      acts(helpers, '                     ----A', { A: () => client.answer('in') });
      helpers.expectObservable(inputsOf(told)).toBe('');
    });
  });

  it('follows the call’s own choice, where it has one, and falls back likewise', () => {
    marbles(helpers => {
      const told = page(helpers, '        ^---------------!', '-i', '1------2----1');
      const { client } = told;
      acts(helpers, '                     ----A', { A: () => client.answer('in') });
      acts(helpers, '                     -----c-d', {
        c: () => client.chooseInput(['a', 'b'], { call: 'in' }),
        d: () => client.setVolume('input', 0.5, { call: 'in' }),
      });
      helpers.expectObservable(inputsOf(told)).toBe('-----a-(vb)-a', { a: 'in:a', v: 'in:a', b: 'in:b' });
      const input$ = client.session$.pipe(changesOf(({ calls: [call] }) => call?.input.id ?? '-'));
      helpers.expectObservable(input$, '^--------------!').toBe('z----a-b----a', {
        z: '-',
        a: 'a',
        b: 'b',
      });
    });
  });

  it('is the next of the call’s own order where the first is not there', () => {
    marbles(helpers => {
      const told = page(helpers, '        ^---------------!', '-i', '2');
      const { client } = told;
      acts(helpers, '                     ----A', { A: () => client.answer('in') });
      acts(helpers, '                     -----c', { c: () => client.chooseInput(['a', 'b'], { call: 'in' }) });
      const last$ = client.session$.pipe(changesOf(({ calls: [call] }) => call?.input.id ?? '-'));
      helpers.expectObservable(last$, '^--------------!').toBe('z----(ab)', { z: '-', a: 'a', b: 'b' });
    });
  });

  it('is one that is there for a call that begins', () => {
    marbles(helpers => {
      const told = page(helpers, '        ^---------------!', '', '2');
      const { client, line } = told;
      acts(helpers, '                     --c-I', {
        c: () => client.chooseInput(['a', 'b']),
        I: () => client.invite('101'),
      });
      const begun$ = line.order$.pipe(concatMap(order => (order._tag === 'prepare' ? [order.input.id ?? '-'] : [])));
      helpers.expectObservable(begun$).toBe('----b');
      const uses$ = client.device$.pipe(changesOf(({ input }) => input.use));
      helpers.expectObservable(uses$, '^--------------!').toBe('c-f', { c: 'chosen', f: 'fallback' });
    });
  });

  it('stays what it is when the platform refuses another one, and says so', () => {
    marbles(helpers => {
      const told = page(helpers, '        ^---------------!', '-i------n', '1', {
        replies: { ...quick, ...opensA, ...slowly },
        says: sayings,
      });
      const { client } = told;
      acts(helpers, '                     ----A--c', {
        A: () => client.answer('in'),
        c: () => client.chooseInput('b'),
      });
      helpers.expectObservable(inputOf(told), '^--------------!').toBe('z---a--bf', {
        z: '- chosen -',
        a: '- chosen a',
        b: 'b chosen a',
        f: 'b fallback a',
      });
    });
  });
});

describe('client: loudspeaker of a call', () => {
  it('follows in the same way', () => {
    marbles(helpers => {
      const told = page(helpers, '        ^---------------!', '-i', '1------2----1');
      const { client } = told;
      acts(helpers, '                     --c-A', {
        c: () => client.chooseOutput(['a', 'b']),
        A: () => client.answer('in'),
      });
      helpers.expectObservable(outputsOf(told)).toBe('-------b----a');
    });
  });
});

/** One letter for what the platform is asked for. */
const wishOf = (order: DeviceOrder): string => {
  if (order._tag === 'ring') return `ring ${order.output.id ?? '-'} ${order.output.volume}`;
  if (order._tag === 'notify')
    return order.calls.map(({ phoneNumber, displayName }) => `${phoneNumber} ${displayName ?? ''}`).join() || 'nothing';
  if (order._tag === 'guard') return order.on ? 'guard' : 'free';
  return order._tag;
};
const only = (told: Set, ...tags: readonly DeviceOrder['_tag'][]): Observable<string> =>
  told.platform$.pipe(concatMap(order => (tags.includes(order._tag) ? [wishOf(order)] : [])));

const second: Readonly<Record<string, Letter>> = {
  ...callSays,
  I: {
    _tag: 'incoming',
    call: 'in2',
    ref: 'in2@far',
    identity: { phoneNumber: '103', anonymous: false },
    autoAnswer: false,
  },
};

describe('client: ringing sound', () => {
  it('begins when a call comes in and is over when it is answered', () => {
    marbles(helpers => {
      const told = page(helpers, '                   ^---------------!', '-i', '1');
      acts(helpers, '                                ----A', { A: () => told.client.answer('in') });
      helpers.expectObservable(only(told, 'ring', 'hush')).toBe('-r--h', { r: 'ring - 1', h: 'hush' });
    });
  });

  it('is over when the caller gives up, or nobody is to be disturbed', () => {
    marbles(helpers => {
      const told = page(helpers, '                   ^---------------!', '-i--k---i', '1');
      acts(helpers, '                                ----------d', { d: () => told.client.doNotDisturb(true) });
      helpers.expectObservable(only(told, 'ring', 'hush')).toBe('-r--h---r-h', { r: 'ring - 1', h: 'hush' });
    });
  });

  it('follows its loudspeaker and its volume', () => {
    marbles(helpers => {
      const told = page(helpers, '                   ^---------------!', '-i', '1------2');
      const { client } = told;
      acts(helpers, '                                ---c-v', {
        c: () => client.chooseRinger(['a', 'b']),
        v: () => client.setVolume('ringer', 0.5),
      });
      helpers.expectObservable(only(told, 'ring', 'hush')).toBe('-r-a-v-b--------h', {
        h: 'hush',
        r: 'ring - 1',
        a: 'ring a 1',
        v: 'ring a 0.5',
        b: 'ring b 0.5',
      });
      const uses$ = client.device$.pipe(changesOf(({ ringer }) => ringer.use));
      helpers.expectObservable(uses$, '^--------------!').toBe('c------f', { c: 'chosen', f: 'fallback' });
    });
  });

  it('is not heard by whoever we talk to, but while we hold them', () => {
    marbles(helpers => {
      const told = page(helpers, '                   ^---------------!', '-i---I', '1', { says: second });
      const { client } = told;
      acts(helpers, '                                --A-----H-K', {
        A: () => client.answer('in'),
        H: () => client.hold('in'),
        K: () => client.unhold('in'),
      });
      helpers.expectObservable(only(told, 'ring', 'hush')).toBe('-rh-----r-h', { r: 'ring - 1', h: 'hush' });
    });
  });
});

describe('client: page visibility and network', () => {
  it('is guarded while there is a call', () => {
    marbles(helpers => {
      const told = page(helpers, '            ^---------------!', '-i-----y', 'v');
      acts(helpers, '                         ---A', { A: () => told.client.answer('in') });
      helpers.expectObservable(only(told, 'guard')).toBe('-g-----f', { g: 'guard', f: 'free' });
    });
  });

  it('shows outside who calls while nobody looks at it, until it is looked at or the call is answered', () => {
    marbles(helpers => {
      const told = page(helpers, '             ^----------------!', '-i----k---iI', 'v--h-v-h', { says: second });
      acts(helpers, '                          -------------A', { A: () => told.client.answer('in') });
      helpers.expectObservable(only(told, 'notify')).toBe('---b-n----bc-d---n', {
        b: '102 Bob',
        n: 'nothing',
        c: '102 Bob,103 ',
        d: '103 ',
      });
    });
  });

  it('that is left for good ends the calls and the line in that very turn', () => {
    marbles(helpers => {
      const devices = fakeDevices({ report$: helpers.hot('-----l', { l: { _tag: 'leaving' } as const }) });
      const { client, line } = phone(helpers, '^---------------!', '-i', { devices });
      acts(helpers, '                          ---A', { A: () => client.answer('in') });
      const farewells$ = line.order$.pipe(
        map(orderOf),
        filter(letter => 'EUC'.includes(letter)),
      );
      helpers.expectObservable(farewells$).toBe('-----(EUC)');
    });
  });

  it.each([
    ['that is left for good', '-----l', '^---------------!'],
    ['whose client leaves', '', '            ^----!'],
  ])('%s tells who still rings that nobody is there: 480', (_, says, link) => {
    marbles(helpers => {
      const devices = fakeDevices({ report$: helpers.hot(says, { l: { _tag: 'leaving' } as const }) });
      const { line } = phone(helpers, link, '-i', { devices });
      const refusals$ = line.order$.pipe(concatMap(order => (order._tag === 'refuse' ? [order.statusCode] : [])));
      helpers.expectObservable(refusals$).toBe('-----n', { n: 480 });
    });
  });
});

describe('client: blocked playback', () => {
  it('is told on device$, and played by unlockAudio', () => {
    marbles(helpers => {
      const devices = fakeDevices({
        report$: helpers.hot('---b', { b: { _tag: 'playback', playback: 'blocked' } as const }),
        reply: order => (order._tag === 'unlock' ? [{ _tag: 'playback', playback: 'allowed' }, done(order)] : []),
      });
      const { client } = phone(helpers, '^---------!', '', { devices });
      acts(helpers, '                    -----u', { u: () => client.unlockAudio() });
      const playback$ = client.device$.pipe(changesOf(({ playback }) => playback));
      helpers.expectObservable(playback$, '^--------!').toBe('u--b-a', { u: 'unknown', b: 'blocked', a: 'allowed' });
    });
  });
});
