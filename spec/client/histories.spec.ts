import * as fc from 'fast-check';
import { Subject, timer, type Subscription } from 'rxjs';
import { createClient } from '../../lib/client/client.js';
import type { Client, Session } from '../../lib/client/model.js';
import type { CallingOrder, CallingReport } from '../../lib/call/port.js';
import type { Outcome } from '../../lib/kernel/outcome.js';
import { snapshot } from '../../lib/kernel/snapshot.js';
import { agreeable, done, failed, fakeLine, names, type Letter, type Replies } from '../../lib/testing/index.js';
import { outcomeOf } from '../support/legend.js';
import { marbles } from '../support/marbles.js';

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

/** Lives through one history, and leaves at its end. */
const live = (steps: readonly Step[]): Lived => {
  const sessions: Session[] = [];
  const outcomes: string[][] = [];
  const links = new Set<Subscription>();
  const owed: Owed[] = [];
  const said$ = new Subject<Letter>();
  const newId = names('c');
  const client = createClient({
    calling: [fakeLine({ report$: said$, replies: slow(owed) })],
    random: () => 0.5,
    newId,
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
    else if (commands[what]) command(commands[what]);
    else if (what === 'incoming') said$.next(reports[what]!(newId()));
    else if (reports[what]) said$.next(reports[what](newest()));
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
    else expect(then).toBeDefined();
    if (then?.status === 'ringing') expect(['trying', 'ringing']).toContain(call.status);
    if (then?.status === 'trying') expect(call.status).toBe('trying');
  }
  const appeared = now.calls.filter(({ id }) => before.calls.every(call => call.id !== id));
  appeared.forEach(({ status }) => {
    expect(['trying', 'ringing']).toContain(status);
  });
};

describe('whatever people and far sides do', () => {
  // What ends things comes less often than what goes on with them.
  const final = ['disconnect', 'closed', 'ended', 'hangup', 'reject', 'no'];
  const lively = [...Object.keys(commands), ...Object.keys(reports), 'connect'].filter(word => !final.includes(word));
  const words = [
    ...final,
    ...lively,
    ...lively,
    'yes',
    'yes',
    'yes',
    'yes',
    'answer',
    'answer',
    'accepted',
    'accepted',
  ];
  const step = fc.tuple(fc.constantFrom(0, 0, 0, 1, 30, 700, 6_000), fc.constantFrom(...words));
  const up: readonly Step[] = [
    [0, 'connect'],
    [1, 'yes'],
  ];
  const called: readonly Step[] = [...up, [0, 'invite'], [0, 'yes'], [30, 'accepted']];
  const answered: readonly Step[] = [...up, [0, 'incoming'], [0, 'answer'], [0, 'yes'], [30, 'yes']];
  const beginning = fc.constantFrom(up, called, answered);

  it('every snapshot is sound, every command has one outcome, and nothing is left running', () => {
    fc.assert(
      fc.property(beginning, fc.array(step, { maxLength: 40, size: 'max' }), (begun, more) => {
        const steps = [...begun, ...more];
        const { sessions, outcomes, end } = live(steps);
        sessions.forEach(expectSound);
        sessions.slice(1).forEach((now, index) => {
          expectToFollow(sessions[index]!, now);
        });
        expect(outcomes.filter(({ length }) => length !== 1)).toEqual([]);
        expect(sessions.at(-1)).toMatchObject({ connection: 'disconnected', calls: [] });
        const last = steps.reduce((at, [wait]) => at + wait, 2);
        expect(end).toBeLessThanOrEqual(last + 2_000);
      }),
      { numRuns: 120 },
    );
  });
});
