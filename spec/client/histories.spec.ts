import * as fc from 'fast-check';
import { Subject, timer, type Subscription } from 'rxjs';
import { createClient } from '../../lib/client/client.js';
import type { Client, ClientOptions, Session } from '../../lib/client/model.js';
import type { CallingOrder, CallingReport } from '../../lib/call/calling.js';
import { agreeable, done, failed, fakeLine, names, type Letter, type Replies } from '../../lib/testing/index.js';
import { sipTraits } from '../call/support/story.js';
import { outcomeOf } from '../support/legend.js';
import { marbles } from '../support/marbles.js';
import { runs } from '../support/runs.js';
import type { Traits } from '../../lib/call/port.js';
import type { Outcome } from '../../lib/core/port.js';
import { snapshot } from '../../lib/core/streams.js';

const commands: Readonly<Record<string, (client: Client, id: string) => Outcome<unknown>>> = {
  invite: client => client.invite('101'),
  answer: (client, id) => client.answer(id),
  reject: (client, id) => client.reject(id),
  hangup: (client, id) => client.hangup(id),
  hold: (client, id) => client.hold(id),
  unhold: (client, id) => client.unhold(id),
  mute: (client, id) => client.mute(id, true),
  unmute: (client, id) => client.mute(id, false),
  dtmf: (client, id) => client.dtmf(id, '1,2'),
  choose: client => client.chooseInput('desk'),
  own: (client, id) => client.chooseInput('headset', { call: id }),
  reconnect: client => client.reconnect(),
};

/** What takes more than one call, or goes beyond one. */
const others = ({ session$ }: Client, id: string): string =>
  snapshot(session$).calls.find(call => call.id !== id && call.status !== 'terminated')?.id ?? 'nobody';
const severalCommands: typeof commands = {
  swap: (client, id) => client.swap(id, others(client, id)),
  'answer the other': (client, id) => client.answer(others(client, id)),
  'unhold the other': (client, id) => client.unhold(others(client, id)),
  'hang up the other': (client, id) => client.hangup(others(client, id)),
  transfer: (client, id) => client.transfer(id, '103'),
  'transfer to the other': (client, id) => client.transfer(id, { call: others(client, id) }),
  consent: (client, id) => client.consent(id, true),
  'no consent': (client, id) => client.consent(id, false),
};

const reports: Readonly<Record<string, (call: string) => CallingReport>> = {
  incoming: call => ({
    _tag: 'incoming',
    call,
    ref: `${call}@far`,
    identity: { phoneNumber: '102', anonymous: false },
    autoAnswer: false,
  }),
  ringing: call => ({ _tag: 'progress', call, statusCode: 180, reasonPhrase: 'Ringing', body: '', early: false }),
  accepted: call => ({ _tag: 'accepted', call }),
  ended: call => ({ _tag: 'ended', call, by: 'remote', cause: 'hung_up' }),
  offered: call => ({ _tag: 'offered', call, offer: 'offer' }),
  held: call => ({ _tag: 'remote-hold', call, on: true }),
  flowing: call => ({ _tag: 'media', call, media: 'flowing' }),
  closed: () => ({ _tag: 'closed', code: 1006 }),
  heard: () => ({ _tag: 'heard' }),
};

const severalReports: typeof reports = {
  referred: call => ({ _tag: 'refer-received', call, refer: `${call}:refer`, target: 'sip:104@callstream.test' }),
  transferred: call => ({ _tag: 'transfer-progress', call, statusCode: 200, reasonPhrase: 'OK' }),
  'not transferred': call => ({ _tag: 'transfer-progress', call, statusCode: 486, reasonPhrase: 'Busy' }),
  interrupted: call => ({ _tag: 'media', call, media: 'interrupted' }),
  'media failed': call => ({ _tag: 'media-failed', call }),
  timed: call => ({ _tag: 'session-timer', call, interval: 90, refresher: 'local' }),
  moved: call => ({
    _tag: 'redirected',
    call,
    targets: ['sip:105@callstream.test'],
    end: { by: 'remote', cause: 'redirected', statusCode: 302 },
  }),
};

type Owed = Extract<CallingOrder, { readonly ref: string }>;

/** An outside that answers what it was asked only when it is told to. */
const slow = (owed: Owed[]): Replies => {
  const later = (order: Owed): readonly CallingReport[] => {
    owed.push(order);
    return [];
  };
  return {
    open: agreeable.open,
    close: agreeable.close,
    register: later,
    unregister: later,
    prepare: later,
    answer: later,
    change: later,
    'accept-offer': later,
    tone: later,
    input: later,
    transfer: later,
    restart: later,
    recover: later,
    refresh: later,
  };
};

const answers: Readonly<Record<string, (order: Owed) => readonly CallingReport[]>> = {
  yes: order =>
    order._tag === 'prepare'
      ? agreeable.prepare(order)
      : [done(order, order._tag === 'register' ? { expires: 600 } : undefined)],
  no: order => [failed(order, order._tag === 'prepare' ? 'mic-denied' : 'server-error', { statusCode: 491 })],
};

type Step = readonly [wait: number, what: string];
type Lived = {
  readonly sessions: readonly Session[];
  readonly outcomes: readonly (readonly string[])[];
  readonly end: number;
};

const allCommands = { ...commands, ...severalCommands };
const allReports = { ...reports, ...severalReports };
type Incoming = Extract<CallingReport, { readonly _tag: 'incoming' }>;

/** Lives through one history, and leaves at its end. */
const live = (
  steps: readonly Step[],
  { traits, ...options }: Partial<ClientOptions> & { readonly traits?: Traits },
): Lived => {
  const sessions: Session[] = [];
  const outcomes: string[][] = [];
  const links = new Set<Subscription>();
  const owed: Owed[] = [];
  const said$ = new Subject<Letter>();
  const newId = names('c');
  const client = createClient({
    calling: [fakeLine({ report$: said$, replies: slow(owed), ...(traits === undefined ? {} : { traits }) })],
    random: () => 0.5,
    newId,
    ...options,
  });

  const newest = (): string => snapshot(client.session$).calls.at(-1)?.id ?? 'nobody';
  const leave = (): void => {
    links.forEach(link => {
      link.unsubscribe();
    });
    links.clear();
  };
  const command = (run: (client: Client, id: string) => Outcome<unknown>): void => {
    const heard: string[] = [];
    outcomes.push(heard);
    run(client, newest()).subscribe(outcome => heard.push(outcomeOf(outcome)));
  };
  const act = (what: string): void => {
    if (what === 'connect') links.add(client.connect());
    else if (what === 'disconnect') leave();
    else if (allCommands[what]) command(allCommands[what]);
    else if (what === 'incoming') said$.next(reports['incoming']!(newId()));
    else if (what === 'replacing') said$.next({ ...(reports['incoming']!(newId()) as Incoming), replaces: newest() });
    else if (allReports[what]) said$.next(allReports[what](newest()));
    else {
      owed
        .splice(0)
        .flatMap(order => answers[what]!(order))
        .forEach(report => {
          said$.next(report);
        });
    }
  };

  const end = marbles(() => {
    client.session$.subscribe(session => sessions.push(session));
    const last = steps.reduce((at, [wait, what]) => {
      timer(at + wait).subscribe(() => {
        act(what);
      });
      return at + wait;
    }, 1);
    timer(last + 1).subscribe(leave);
  });
  return { sessions, outcomes, end };
};

/** What must hold of every snapshot. */
const expectSound = ({ calls, lines, connection }: Session): void => {
  for (const call of calls) {
    const isOver = call.status === 'terminated';
    expect([call.end !== undefined, call.endedAt !== undefined]).toEqual([isOver, isOver]);
    if (call.status === 'on_hold') expect(call.hold.local).toBe(true);
    if (call.status === 'active' || call.status === 'on_hold') expect(call.answeredAt).toBeDefined();
    if (call.direction === 'incoming') expect(call.status).not.toBe('trying');
  }
  expect(new Set(calls.map(({ id }) => id)).size).toBe(calls.length);
  const begun = calls.map(({ startedAt }) => startedAt);
  expect(begun).toEqual([...begun].sort((a, b) => a - b));
  const registered = lines.every(({ registration }) => registration.state === 'registered');
  expect(connection === 'connected').toBe(registered && connection !== 'disconnecting' && connection !== 'connecting');
};

/** What must hold of each snapshot after the one before it. */
const expectToFollow = (before: Session, now: Session): void => {
  expect(now).not.toBe(before);
  for (const call of before.calls) {
    const then = now.calls.find(({ id }) => id === call.id);
    // A call leaves only after it has ended, and what has ended does not change any more.
    if (call.status === 'terminated') expect(then ?? call).toBe(call);
    // Who leaves while the line is away is gone at once, and so are the calls; `call$` tells their end.
    else if (now.connection !== 'disconnected') expect(then).toBeDefined();
    if (then?.status === 'ringing') expect(['trying', 'ringing']).toContain(call.status);
    if (then?.status === 'trying') expect(call.status).toBe('trying');
  }
  const appeared = now.calls.filter(({ id }) => before.calls.every(call => call.id !== id));
  appeared.forEach(({ status }) => {
    expect(['trying', 'ringing']).toContain(status);
  });
};

// What ends things comes less often than what goes on with them.
const final = ['disconnect', 'closed', 'ended', 'hangup', 'reject', 'no', 'hang up the other'];
const often = ['yes', 'yes', 'yes', 'yes', 'answer', 'answer', 'accepted', 'accepted'];
const steps = (words: readonly string[]): fc.Arbitrary<Step> => {
  const lively = words.filter(word => !final.includes(word));
  const ends = words.filter(word => final.includes(word));
  return fc.tuple(
    fc.constantFrom(0, 0, 0, 1, 30, 700, 6_000),
    fc.constantFrom(...ends, ...lively, ...lively, ...often),
  );
};

const up: readonly Step[] = [
  [0, 'connect'],
  [1, 'yes'],
];
const called: readonly Step[] = [...up, [0, 'invite'], [0, 'yes'], [30, 'accepted']];
const answered: readonly Step[] = [...up, [0, 'incoming'], [0, 'answer'], [0, 'yes'], [30, 'yes']];

/** What must hold of a whole history. */
const expectSoundHistory = ({ sessions, outcomes, end }: Lived, lived: readonly Step[]): void => {
  sessions.forEach(expectSound);
  sessions.slice(1).forEach((now, index) => {
    expectToFollow(sessions[index]!, now);
  });
  expect(outcomes.filter(({ length }) => length !== 1)).toEqual([]);
  expect(sessions.at(-1)).toMatchObject({ connection: 'disconnected', calls: [] });
  const last = lived.reduce((at, [wait]) => at + wait, 2);
  expect(end).toBeLessThanOrEqual(last + 2_000);
};

describe('client: random histories', () => {
  it('every snapshot is sound, every command has one outcome, and nothing is left running', () => {
    const words = ['disconnect', 'connect', 'no', ...Object.keys(commands), ...Object.keys(reports)];
    fc.assert(
      fc.property(
        fc.constantFrom(up, called, answered),
        fc.array(steps(words), { maxLength: 40, size: 'max' }),
        (begun, more) => {
          const lived = [...begun, ...more];
          expectSoundHistory(live(lived, {}), lived);
        },
      ),
      runs(0.06),
    );
  });

  it('no two calls are ever active where one is to hold the others, and all the rest holds too', () => {
    const words = ['disconnect', 'connect', 'no', 'replacing', ...Object.keys(allCommands), ...Object.keys(allReports)];
    const two: readonly Step[] = [...answered, [0, 'incoming'], [0, 'answer'], [0, 'yes'], [0, 'yes'], [30, 'yes']];
    fc.assert(
      fc.property(
        fc.constantFrom(called, answered, two, two),
        fc.array(steps(words), { maxLength: 50, size: 'max' }),
        (begun, more) => {
          const lived = [...begun, ...more];
          const history = live(lived, { traits: sipTraits, onAnswer: 'hold-others', onRedirect: 'follow' });
          expectSoundHistory(history, lived);
          history.sessions.forEach(({ calls }) => {
            expect(calls.filter(({ status }) => status === 'active').length).toBeLessThanOrEqual(1);
          });
        },
      ),
      runs(0.06),
    );
  });
});
