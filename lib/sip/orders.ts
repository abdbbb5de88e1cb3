import { isLeft, left } from '../core/either.js';
import type { CallingOrder, TextOrder } from '../call/calling.js';
import type { CallOrder } from '../call/port.js';
import type { WatchOrder } from '../subscriptions/port.js';
import type { LineOrder } from '../line/port.js';
import { type SipContext, type SipCall, LINE, failed, type Settle } from './context.js';
import { endOffline, release, run } from './call.js';
import type { Connection } from './connection.js';
import { answer, ring } from './incoming.js';
import { acceptOffer, declineOffer } from './remote-offer.js';
import { place } from './outgoing.js';
import { prepare } from './prepare.js';
import { answerRefer, transfer } from './refer.js';
import { createRegistration } from './registration.js';
import { sendText } from './text.js';
import { subscribe, unsubscribe } from './subscription.js';
import { change, recover, refresh, restart } from './reinvite.js';
import { tone } from './dtmf.js';
import { replaceDialog } from './replaces.js';

type Order<Tag extends CallingOrder['_tag']> = Extract<CallingOrder, { readonly _tag: Tag }>;
/** Orders of the line, and `prepare`, which may begin a call. */
type FreeTag = LineOrder['_tag'] | WatchOrder['_tag'] | TextOrder['_tag'] | 'prepare';
type FreeRows = { readonly [Tag in FreeTag]: (order: Order<Tag>, settle: Settle) => void };
type BoundTag = Exclude<CallOrder['_tag'], 'prepare'>;
type BoundRows = { readonly [Tag in BoundTag]: (call: SipCall, order: Order<Tag>, settle: Settle) => void };

function freeRows(agent: SipContext, connection: Connection): FreeRows {
  const { account, keyring, pending } = agent;
  const registration = createRegistration(agent);
  return {
    open: () => {
      connection.open();
    },
    close: () => {
      connection.close();
    },
    register: ({ ref, expires }, settle) => {
      if (!account.isSound) {
        settle(left(failed('invalid-header')));
        return;
      }
      // The password comes first; if the socket went while it was awaited, the order is over and nothing may leave.
      keyring.renew().subscribe(told => {
        if (isLeft(told)) settle(told);
        else if (pending.has(ref)) registration.register(expires, settle);
      });
    },
    unregister: (_, settle) => {
      registration.unregister(settle);
    },
    probe: (_, settle) => {
      registration.probe(settle);
    },
    watch: (order, settle) => {
      subscribe(agent, order, settle);
    },
    unwatch: order => {
      unsubscribe(agent, order);
    },
    'send-text': (order, settle) => {
      sendText(agent, order, settle);
    },
    prepare: (order, settle) => {
      prepare(agent, order, settle);
    },
  };
}

function boundRows(agent: SipContext): BoundRows {
  /** Releases the call before it sends, so that a failed send cannot leave the media open. */
  const leave = (call: SipCall, say: () => void): void => {
    release(agent, call);
    say();
  };
  return {
    place: (call, { again }) => {
      place(agent, call, again);
    },
    ring: call => {
      ring(call);
    },
    answer: (call, _, settle) => {
      answer(call, settle);
    },
    refuse: (call, { statusCode }) => {
      leave(call, () => {
        call.invitation?.refuse(statusCode);
      });
    },
    end: (call, why) => {
      if (why.silently === true) endOffline(agent, call, why);
      else
        leave(call, () => {
          call.signalling.hangup(why);
        });
    },
    farewell: call => {
      if (!agent.endedOffline.delete(call.id)) return;
      call.signalling.hangup(call.endReason ?? {});
    },
    forget: call => {
      agent.endedOffline.delete(call.id);
      leave(call, () => {
        call.signalling.forget();
      });
    },
    change: (call, order, settle) => {
      change(agent, call, order, settle);
    },
    restart: (call, order, settle) => {
      restart(agent, call, order, settle);
    },
    recover: (call, order, settle) => {
      recover(agent, call, order, settle);
    },
    describe: ({ onEnoughCandidates }) => {
      onEnoughCandidates?.();
    },
    'accept-offer': (call, { ref, hold }, settle) => {
      acceptOffer(agent, call, ref, hold, settle);
    },
    'decline-offer': (call, { offer, statusCode }) => {
      declineOffer(call, offer, statusCode);
    },
    tone: (call, order, settle) => {
      tone(agent, call, order.tone, settle);
    },
    stats: (call, _, settle) => {
      run(agent, call, peer => peer.stats(), settle);
    },
    // Text to speech is unsupported by SIP.
    say: unsupported,
    transfer: (call, { to }, settle) => {
      transfer(agent, call, to, settle);
    },
    'answer-refer': (call, { refer, statusCode }) => {
      answerRefer(call, refer, statusCode);
    },
    refresh: (call, order, settle) => {
      refresh(agent, call, order, settle);
    },
    adopt: (call, { call: id }) => {
      replaceDialog(agent, call, id);
    },
    voice: ({ peer }, { live }) => {
      peer?.setLive(live);
    },
    input: (call, { input }, settle) => {
      run(agent, call, peer => peer.setInput(input), settle);
    },
    output: (call, { output }, settle) => {
      run(agent, call, peer => peer.setOutput(output), settle);
    },
  };
}

function unsupported(_: SipCall, __: CallingOrder, settle: Settle): void {
  settle(left(failed('unsupported')));
}

/** Orders for a call that this side has already ended. */
const last: ReadonlySet<BoundTag> = new Set(['farewell', 'forget'] as const);

function refOf(order: CallingOrder): string | undefined {
  return 'ref' in order ? order.ref : undefined;
}

/** Registers the pending outcome, finds the call, and calls the handler; an exception becomes a fault. */
export function createPerformer(agent: SipContext, connection: Connection): (order: CallingOrder) => void {
  const free = freeRows(agent, connection);
  const bound = boundRows(agent);
  const isBound = (order: CallingOrder): order is Order<BoundTag> => order._tag in bound;
  const callOf = (order: Order<BoundTag>): SipCall | undefined => {
    const { call } = order;
    if (order._tag === 'adopt') return agent.calls.get(order.from);
    return agent.calls.get(call) ?? (last.has(order._tag) ? agent.endedOffline.get(call) : undefined);
  };

  const carryOut = (order: CallingOrder, settle: Settle): void => {
    if (!isBound(order)) {
      (free[order._tag] as (order: CallingOrder, settle: Settle) => void)(order, settle);
      return;
    }
    const call = callOf(order);
    if (call === undefined) settle(left(failed('no-such-call')));
    else (bound[order._tag] as (call: SipCall, order: CallingOrder, settle: Settle) => void)(call, order, settle);
  };

  return order => {
    const ref = refOf(order);
    const call = 'call' in order ? { call: order.call } : {};
    const settle = ref === undefined ? () => undefined : agent.pending.add(ref, 'call' in order ? order.call : LINE);
    agent.guard(
      () => {
        carryOut(order, settle);
      },
      { ...call, settle },
    );
  };
}
