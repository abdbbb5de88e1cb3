import { firstValueFrom, filter } from 'rxjs';
import type { CallEvent } from 'callstream';
import type { DevServer } from 'callstream-server';
import type { Person, PersonOptions, Wire } from './stage.js';

/** Two people on one wire, and what is needed to make them live through something. */
export type Play = {
  readonly wire: Wire;
  readonly server: DevServer;
  readonly caller: Person;
  readonly callee: Person;
  /** Another telephone of the callee. */
  readonly other: () => Promise<Person>;
  /** Notes what came of something, for the table to compare. */
  readonly note: (...words: readonly string[]) => void;
};

/** What is seen of the call on both sides, one line per change, and what was noted. */
export type Seen = {
  readonly caller: readonly string[];
  readonly callee: readonly string[];
  readonly notes?: readonly string[];
};

export type Scenario = Seen & {
  readonly name: string;
  readonly play: (play: Play) => Promise<void>;
  readonly callerOptions?: () => PersonOptions;
  readonly calleeOptions?: () => PersonOptions;
  /** Where one wire can't say it so: what it says, and why. */
  readonly differs?: Partial<Seen> & { readonly wire: Wire; readonly because: string };
};

/** The caller calls, the callee answers, both know. */
const talk = async ({ caller, callee }: Play): Promise<void> => {
  await caller.dial(callee.name);
  await callee.sees('ringing');
  await caller.sees('ringing');
  await callee.does((client, call) => client.answer(call));
  await Promise.all([caller.sees('active'), callee.sees('active')]);
};

const ring = async ({ caller, callee }: Play): Promise<void> => {
  await caller.dial(callee.name);
  await callee.sees('ringing');
  await caller.sees('ringing');
};

const hangUp = (person: Person): Promise<string> => person.does((client, call) => client.hangup(call));
const bothEnd = async ({ caller, callee }: Play): Promise<void> => {
  await Promise.all([caller.sees('ended'), callee.sees('ended')]);
};

const refusedNumber =
  (number: string) =>
  async ({ caller }: Play): Promise<void> => {
    await caller.dial(number);
    await caller.sees('ended');
  };

/** The next moments of a kind, as words. */
const heard = (person: Person, is: (event: CallEvent) => boolean): Promise<CallEvent> =>
  firstValueFrom(person.client.callEvent$.pipe(filter(is)));

const answered = ['trying', 'ringing', 'active'];
const picked = ['ringing', 'active'];

/** The person says no the first time. */
const refusingOnce = (): PersonOptions => {
  let left = 1;
  return {
    userMedia: usual => constraints => {
      left -= 1;
      return left >= 0
        ? Promise.reject(Object.assign(new Error('refused'), { name: 'NotAllowedError' }))
        : usual(constraints);
    },
  };
};

export const scenarios: readonly Scenario[] = [
  {
    name: 'answered, and hung up by the caller',
    play: async play => {
      await talk(play);
      await hangUp(play.caller);
      await bothEnd(play);
    },
    caller: [...answered, 'ended: local hung_up'],
    callee: [...picked, 'ended: remote hung_up'],
  },
  {
    name: 'answered, and hung up by the callee',
    play: async play => {
      await talk(play);
      await hangUp(play.callee);
      await bothEnd(play);
    },
    caller: [...answered, 'ended: remote hung_up'],
    callee: [...picked, 'ended: local hung_up'],
  },
  {
    name: 'refused',
    play: async play => {
      await ring(play);
      await play.callee.does((client, call) => client.reject(call));
      await bothEnd(play);
    },
    caller: ['trying', 'ringing', 'ended: remote busy'],
    callee: ['ringing', 'ended: local busy'],
  },
  {
    name: 'refused everywhere',
    play: async play => {
      await ring(play);
      await play.callee.does((client, call) => client.reject(call, { statusCode: 603 }));
      await bothEnd(play);
    },
    caller: ['trying', 'ringing', 'ended: remote declined'],
    callee: ['ringing', 'ended: local declined'],
    differs: {
      wire: 'service',
      because: 'the service has one word for every refusal',
      caller: ['trying', 'ringing', 'ended: remote busy'],
    },
  },
  {
    name: 'hung up instead of answered',
    play: async play => {
      await ring(play);
      await hangUp(play.callee);
      await bothEnd(play);
    },
    caller: ['trying', 'ringing', 'ended: remote busy'],
    callee: ['ringing', 'ended: local busy'],
  },
  {
    name: 'cancelled while it rings',
    play: async play => {
      await ring(play);
      await hangUp(play.caller);
      await bothEnd(play);
    },
    caller: ['trying', 'ringing', 'ended: local cancelled'],
    callee: ['ringing', 'ended: remote cancelled'],
  },
  {
    name: 'cancelled at once',
    play: async ({ caller, callee }) => {
      await caller.dial(callee.name);
      await hangUp(caller);
      await caller.sees('ended');
    },
    caller: ['trying', 'ended: local cancelled'],
    callee: [],
  },
  {
    name: 'a busy number',
    play: refusedNumber('code486'),
    caller: ['trying', 'ended: remote busy'],
    callee: [],
  },
  {
    name: 'a number that declines',
    play: refusedNumber('code603'),
    caller: ['trying', 'ended: remote declined'],
    callee: [],
  },
  {
    name: 'a number out of service',
    play: refusedNumber('code503'),
    caller: ['trying', 'ended: remote service_unavailable'],
    callee: [],
  },
  {
    name: 'a number that does not exist',
    play: refusedNumber('no-such-name'),
    caller: ['trying', 'ended: remote not_found'],
    callee: [],
  },
  {
    name: 'somebody who is not there',
    play: async ({ server, caller }) => {
      server.user('absent');
      await caller.dial('absent');
      await caller.sees('ended');
    },
    caller: ['trying', 'ended: remote temporarily_unavailable'],
    callee: [],
  },
  {
    name: 'not answered, until the caller gives up',
    callerOptions: () => ({ noAnswer: { outgoing: 700 } }),
    play: async play => {
      await ring(play);
      await bothEnd(play);
    },
    caller: ['trying', 'ringing', 'ended: local no_answer'],
    callee: ['ringing', 'ended: remote cancelled'],
  },
  {
    name: 'not answered, until the callee gives up',
    calleeOptions: () => ({ noAnswer: { incoming: 700 } }),
    play: async play => {
      await ring(play);
      await bothEnd(play);
    },
    caller: ['trying', 'ringing', 'ended: remote temporarily_unavailable'],
    callee: ['ringing', 'ended: local no_answer'],
    differs: {
      wire: 'service',
      because: 'the service has one word for every refusal',
      caller: ['trying', 'ringing', 'ended: remote busy'],
    },
  },
  {
    name: 'answered elsewhere',
    play: async play => {
      const other = await play.other();
      await ring(play);
      await other.sees('ringing');
      await other.does((client, call) => client.answer(call));
      await play.callee.sees('ended');
      await play.caller.sees('active');
      await hangUp(play.caller);
      await play.caller.sees('ended');
    },
    caller: [...answered, 'ended: local hung_up'],
    callee: ['ringing', 'ended: remote answered_elsewhere'],
  },
  {
    name: 'another telephone that comes while it rings',
    play: async play => {
      await ring(play);
      const other = await play.other();
      if (play.wire === 'service') await other.sees('ringing');
      play.note(other.history()[0] ?? 'silent');
      await hangUp(play.caller);
      await bothEnd(play);
    },
    caller: ['trying', 'ringing', 'ended: local cancelled'],
    callee: ['ringing', 'ended: remote cancelled'],
    notes: ['ringing'],
    differs: {
      wire: 'sip',
      because: 'a proxy forks a call when it comes, and not again',
      notes: ['silent'],
    },
  },
  {
    name: 'refused everywhere by another telephone',
    play: async play => {
      const other = await play.other();
      await ring(play);
      await other.sees('ringing');
      await other.does((client, call) => client.reject(call, { statusCode: 603 }));
      await bothEnd(play);
    },
    caller: ['trying', 'ringing', 'ended: remote declined'],
    callee: ['ringing', 'ended: remote declined'],
    differs: {
      wire: 'service',
      because: 'the service has one word for every refusal',
      caller: ['trying', 'ringing', 'ended: remote busy'],
    },
  },
  {
    name: 'held and taken back by the caller',
    play: async play => {
      await talk(play);
      await play.caller.does((client, call) => client.hold(call));
      if (play.wire === 'sip') await play.callee.sees('active held');
      await play.caller.does((client, call) => client.unhold(call));
      await hangUp(play.caller);
      await bothEnd(play);
    },
    caller: [...answered, 'active holding', 'on_hold holding', 'active', 'ended: local hung_up'],
    callee: [...picked, 'active held', 'active', 'ended: remote hung_up'],
    differs: {
      wire: 'service',
      because: 'hold is one’s own mute and earmuff there, and nobody is told of it as a hold',
      callee: [...picked, 'ended: remote hung_up'],
    },
  },
  {
    name: 'held by the callee',
    play: async play => {
      await talk(play);
      await play.callee.does((client, call) => client.hold(call));
      if (play.wire === 'sip') await play.caller.sees('active held');
      await hangUp(play.callee);
      await bothEnd(play);
    },
    caller: [...answered, 'active held', 'ended: remote hung_up'],
    callee: [...picked, 'active holding', 'on_hold holding', 'ended: local hung_up'],
    differs: {
      wire: 'service',
      because: 'hold is one’s own mute and earmuff there, and nobody is told of it as a hold',
      caller: [...answered, 'ended: remote hung_up'],
    },
  },
  {
    name: 'muted, and heard again',
    play: async play => {
      await talk(play);
      await play.caller.does((client, call) => client.mute(call, true));
      await play.caller.does((client, call) => client.mute(call, false));
      await hangUp(play.caller);
      await bothEnd(play);
    },
    caller: [...answered, 'active muted', 'active', 'ended: local hung_up'],
    callee: [...picked, 'ended: remote hung_up'],
  },
  {
    name: 'not listened to',
    play: async play => {
      await talk(play);
      play.note(await play.caller.does((client, call) => client.earmuff(call, true)));
      play.note(await play.caller.does((client, call) => client.earmuff(call, false)));
      await hangUp(play.caller);
      await bothEnd(play);
    },
    caller: [...answered, 'active earmuffed', 'active', 'ended: local hung_up'],
    callee: [...picked, 'ended: remote hung_up'],
    notes: ['right', 'right'],
  },
  {
    name: 'keys are pressed',
    play: async play => {
      await talk(play);
      const { note } = play;
      let keys = '';
      const all = heard(play.callee, event => {
        if (event._tag === 'dtmf') keys += event.tone;
        return keys.length === 4;
      });
      note(await play.caller.does((client, call) => client.dtmf(call, '12#*')));
      await all;
      note(keys);
      await hangUp(play.caller);
      await bothEnd(play);
    },
    caller: [...answered, 'ended: local hung_up'],
    callee: [...picked, 'ended: remote hung_up'],
    notes: ['right', '12#*'],
  },
  {
    name: 'keys that are none, and keys too early',
    play: async play => {
      await ring(play);
      play.note(await play.callee.does((client, call) => client.dtmf(call, '5')));
      play.note(await play.caller.does((client, call) => client.dtmf(call, '5x')));
      await hangUp(play.caller);
      await bothEnd(play);
    },
    caller: ['trying', 'ringing', 'ended: local cancelled'],
    callee: ['ringing', 'ended: remote cancelled'],
    notes: ['wrong-state', 'invalid-dtmf'],
  },
  {
    name: 'answered twice',
    play: async play => {
      await talk(play);
      play.note(await play.callee.does((client, call) => client.answer(call)));
      await hangUp(play.caller);
      await bothEnd(play);
    },
    caller: [...answered, 'ended: local hung_up'],
    callee: [...picked, 'ended: remote hung_up'],
    notes: ['wrong-state'],
  },
  {
    name: 'hung up twice, and a call that nobody knows',
    play: async play => {
      await talk(play);
      play.note(await hangUp(play.caller), await hangUp(play.caller));
      play.note(await play.caller.does(client => client.hangup('nobody')));
      await bothEnd(play);
    },
    caller: [...answered, 'ended: local hung_up'],
    callee: [...picked, 'ended: remote hung_up'],
    notes: ['right', 'call-ended', 'no-such-call'],
  },
  {
    name: 'no microphone to call with',
    callerOptions: refusingOnce,
    play: async ({ caller, callee, note }) => {
      note(await caller.dial(callee.name));
    },
    caller: [],
    callee: [],
    notes: ['mic-denied'],
  },
  {
    name: 'no microphone to answer with, then one',
    calleeOptions: refusingOnce,
    play: async play => {
      await ring(play);
      play.note(await play.callee.does((client, call) => client.answer(call)));
      play.note(await play.callee.does((client, call) => client.answer(call)));
      await play.caller.sees('active');
      await hangUp(play.caller);
      await bothEnd(play);
    },
    caller: [...answered, 'ended: local hung_up'],
    callee: [...picked, 'ended: remote hung_up'],
    notes: ['mic-denied', 'right'],
  },
  {
    name: 'the sound is interrupted, and comes back',
    play: async play => {
      await talk(play);
      play.caller.pretend('disconnected');
      await play.caller.sees('active silent');
      play.caller.pretend('connected');
      await play.caller.until(({ media }) => media === 'flowing');
      await hangUp(play.caller);
      await bothEnd(play);
    },
    caller: [...answered, 'active silent', 'active', 'ended: local hung_up'],
    callee: [...picked, 'ended: remote hung_up'],
  },
  {
    name: 'the sound is gone for good',
    play: async play => {
      await talk(play);
      play.caller.pretend('failed');
      await play.caller.sees('active silent');
      play.note(await play.caller.does((client, call) => client.reconnectCall(call)));
      await hangUp(play.caller);
      await bothEnd(play);
    },
    caller: [...answered, 'active silent', 'ended: local hung_up'],
    callee: [...picked, 'ended: remote hung_up'],
    notes: ['right'],
  },
  {
    name: 'the socket goes and comes back in the call',
    play: async play => {
      await talk(play);
      play.server.drop(play.caller.name);
      play.server.chat.drop(play.caller.name);
      await play.caller.sees('active adrift');
      await play.caller.until(({ signalling }) => signalling === 'up');
      await hangUp(play.caller);
      await play.callee.sees('ended');
    },
    caller: [...answered, 'active adrift', 'active', 'ended: local hung_up'],
    callee: [...picked, 'ended: remote hung_up'],
  },
  {
    name: 'the credentials grow old in the call',
    play: async play => {
      await talk(play);
      if (play.wire === 'sip') play.server.expire({ nonce: true });
      else play.server.expire(play.caller.name);
      play.note(await play.caller.does((client, call) => client.dtmf(call, '1')));
      play.note(await play.caller.does((client, call) => client.hold(call)));
      await hangUp(play.caller);
      await bothEnd(play);
    },
    caller: [...answered, 'active holding', 'on_hold holding', 'ended: local hung_up'],
    callee: [...picked, 'active held', 'ended: remote hung_up'],
    notes: ['right', 'right'],
    differs: {
      wire: 'service',
      because: 'hold is one’s own mute and earmuff there, and nobody is told of it as a hold',
      callee: [...picked, 'ended: remote hung_up'],
    },
  },
  {
    name: 'a caller who leaves',
    play: async play => {
      await talk(play);
      await play.caller.leave();
      await play.callee.sees('ended');
    },
    caller: [...answered, 'ended: local hung_up'],
    callee: [...picked, 'ended: remote hung_up'],
  },
  {
    name: 'something is to be said, and the call handed over',
    play: async play => {
      await talk(play);
      play.note(await play.caller.does((client, call) => client.say(call, 'Hello')));
      play.note(await play.caller.does((client, call) => client.say(call, ' ')));
      const handing = play.caller.does((client, call) => client.transfer(call, '103'));
      if (play.wire === 'sip') {
        await play.callee.until(({ refer }) => refer !== undefined);
        await play.callee.does((client, call) => client.consent(call, false));
      }
      play.note(await handing);
      await play.caller.until(({ hold }) => !hold.local);
      await hangUp(play.caller);
      await bothEnd(play);
    },
    caller: [...answered, 'ended: local hung_up'],
    callee: [...picked, 'ended: remote hung_up'],
    notes: ['right', 'invalid-argument', 'unsupported'],
    differs: {
      wire: 'sip',
      because: 'SIP has no voice of its own, and can ask the far side to go elsewhere',
      caller: [...answered, 'active holding', 'on_hold holding', 'active', 'ended: local hung_up'],
      callee: [...picked, 'active held', 'active', 'ended: remote hung_up'],
      notes: ['unsupported', 'invalid-argument', 'refused'],
    },
  },
];
