import { left } from '../../core/either.js';
import type { CallOrder } from '../../call/port.js';
import { failed } from '../failure.js';
import type { ServiceContext, Settle, ServiceCall } from './context.js';
import { answer } from './answer.js';
import { release, run } from './call.js';
import { leave, rejection } from './hang-up.js';
import { restart } from './restart.js';
import { outcomeOf, whileCallLives } from './outcome.js';
import { place } from './place.js';
import { prepare } from './prepare.js';
import { recover } from './recover.js';
import { hold, listen, speak, press, say } from './audio-state.js';

type Order<Tag extends CallOrder['_tag']> = Extract<CallOrder, { readonly _tag: Tag }>;
/** All but `prepare`, which may be how a call begins. */
type BoundTag = Exclude<CallOrder['_tag'], 'prepare'>;
type Rows = {
  readonly [Tag in BoundTag]: (agent: ServiceContext, call: ServiceCall, order: Order<Tag>, settle: Settle) => void;
};

function unsupported(_: ServiceContext, __: ServiceCall, ___: CallOrder, settle: Settle): void {
  settle(left(failed('unsupported')));
}

const rows: Rows = {
  place,
  // The service rings by itself.
  ring: () => undefined,
  answer: (agent, call, _, settle) => {
    answer(agent, call, settle);
  },
  refuse: (agent, call) => {
    leave(agent, call, rejection);
  },
  end: (agent, call, { reason, reasonCode }) => {
    leave(agent, call, {
      ...(reason === undefined ? {} : { reason }),
      ...(reasonCode === undefined ? {} : { reasonCode }),
    });
  },
  forget: release,
  change: (agent, call, order, settle) => {
    hold(agent, call, order.hold, settle);
  },
  'accept-offer': unsupported,
  'decline-offer': () => undefined,
  tone: (agent, call, { tone }, settle) => {
    press(agent, call, tone, settle);
  },
  say: (agent, call, { speech }, settle) => {
    say(agent, call, speech, settle);
  },
  transfer: unsupported,
  // Unsupported by the service: REFER, session timers, dialog checks.
  'answer-refer': () => undefined,
  refresh: unsupported,
  // Its offers leave with the first candidates: the service learns of later ones from our checks.
  describe: () => undefined,
  adopt: () => undefined,
  farewell: () => undefined,
  restart: (agent, call, _, settle) => {
    restart(agent, call, settle);
  },
  recover: (agent, call, _, settle) => {
    recover(agent, call, settle);
  },
  stats: (agent, call, _, settle) => {
    run(agent, call, peer => peer.stats(), settle, settle);
  },
  voice: (agent, call, { live }) => {
    speak(agent, call, live);
  },
  input: (agent, call, { input }, settle) => {
    run(agent, call, peer => peer.setInput(input), settle, settle);
  },
  output: (agent, call, { output }, settle) => {
    run(agent, call, peer => peer.setOutput(output), settle, settle);
    listen(agent, call, output.muted);
  },
};

function bound(agent: ServiceContext, order: Order<BoundTag>, settle: Settle): void {
  const call = agent.calls.get(order.call);
  if (call === undefined) {
    settle(left(failed('no-such-call')));
    return;
  }
  const carryOut = rows[order._tag] as (
    agent: ServiceContext,
    call: ServiceCall,
    order: CallOrder,
    settle: Settle,
  ) => void;
  carryOut(agent, call, order, 'ref' in order ? whileCallLives(call, settle) : settle);
}

/** Carries out one order: its outcome is promised, its call found, and its row called. Never throws. */
export function perform(agent: ServiceContext, order: CallOrder): void {
  const settle: Settle = 'ref' in order ? outcomeOf(order.ref, agent.report) : () => undefined;
  agent.guard(
    () => {
      if (order._tag === 'prepare') prepare(agent, order, settle);
      else bound(agent, order, settle);
    },
    { call: order.call, settle },
  );
}
