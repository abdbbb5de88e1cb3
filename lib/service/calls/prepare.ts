import { map, of, switchMap, type Observable, type Subscription } from 'rxjs';
import type { CallOrder, Microphone, Place } from '../../call/port.js';
import type { LegInfo, LegParty, MemberId } from '../../conversation/model.js';
import { isLeft, left, right, type Either } from '../../core/either.js';
import type { Failure, JsonObject } from '../../core/port.js';
import { ready } from '../../rtc/ready.js';
import { weightOf } from '../checks.js';
import { failed } from '../failure.js';
import { isFields, key } from '../codec-shapes.js';
import type { ServiceContext, Settle, Origin, ServiceCall } from './context.js';
import { callOf, follow, newCall, release, run } from './call.js';
import { isOver, moveTo, partyOf } from './legs.js';
import { whileCallLives } from './outcome.js';
import { askingForInfo } from './requests.js';
import type { OutputSettings } from '../../media/model.js';
import { attachPeer } from '../../rtc/attach-peer.js';
import { abort } from './hang-up.js';

type Prepare = Extract<CallOrder, { readonly _tag: 'prepare' }>;

/**
 * Adds the dialled target to the context as `callee`, unless the context has a `callee` of its own; `callee: undefined`
 * sends none.
 */
function dialled({ target, headers, context = {} }: Place): Either<Failure, Origin> {
  if (Object.keys(headers).length > 0) return left(failed('unsupported', { message: 'This line has no headers.' }));
  if (!isFields(context))
    return left(failed('invalid-argument', { problems: [{ name: 'context', reason: 'an object' }] }));
  const wrong = weightOf(context);
  if (wrong !== undefined) return left({ fault: wrong });
  const told = JSON.parse(JSON.stringify(context)) as JsonObject;
  return right({ _tag: 'dialled', customData: Object.hasOwn(context, 'callee') ? told : { callee: target, ...told } });
}

function originOf(place: Place): Either<Failure, Origin> {
  if (place.rejoin === undefined) return dialled(place);
  return key.is(place.rejoin) ? right({ _tag: 'rejoined' }) : left(failed('invalid-target'));
}

/** The call that the order speaks of: an outgoing one comes into being here. */
function subject(agent: ServiceContext, { call: id, place }: Prepare): Either<Failure, ServiceCall> {
  const known = agent.calls.get(id);
  if (place === undefined) {
    if (known === undefined) return left(failed('no-such-call'));
    return known.origin._tag !== 'invited' || known.peer !== undefined ? left(failed('wrong-state')) : right(known);
  }
  if (known !== undefined || callOf(agent, place.rejoin) !== undefined) return left(failed('wrong-state'));
  const origin = originOf(place);
  return isLeft(origin) ? origin : right(newCall(agent, id, origin.right));
}

type Found = { readonly info: LegInfo; readonly me: MemberId };

/** A leg that is there already, and whom we are where it is. */
function found(agent: ServiceContext, leg: string): Observable<Either<Failure, Found>> {
  return agent.ask(askingForInfo(leg)).pipe(
    switchMap((info): Observable<Either<Failure, Found>> => {
      if (isLeft(info)) return of(info.left.fault.statusCode === 404 ? left(failed('call-ended')) : info);
      if (isOver(info.right.status)) return of(left(failed('call-ended')));
      return agent
        .meIn(info.right.conversationId)
        .pipe(map(me => (isLeft(me) ? me : right({ info: info.right, me: me.right }))));
    }),
  );
}

/** The far party. */
function farOf({ direction, from, to }: LegInfo): LegParty {
  return direction === 'inbound' ? to : from;
}

function rejoined(agent: ServiceContext, call: ServiceCall, { info, me }: Found): void {
  const { conversationId, mediaState } = info;
  const phoneNumber = partyOf(farOf(info));
  call.joined = true;
  call.reported.mute = mediaState?.mute;
  call.reported.earmuff = mediaState?.earmuff;
  agent.report({
    _tag: 'identified',
    call: call.id,
    identity: { phoneNumber: phoneNumber ?? '', anonymous: phoneNumber === undefined },
  });
  moveTo(agent, call, conversationId, me);
}

function describe(agent: ServiceContext, call: ServiceCall, order: Prepare, settle: Settle<Microphone>): void {
  const media = openPeer(agent, call, order);
  const offer = call.origin._tag === 'invited' ? call.origin.offer : undefined;
  run(
    agent,
    call,
    peer => ready(peer, order, offer),
    made => {
      settle(made);
      if (!isLeft(made)) return;
      if (order.place === undefined) media.unsubscribe();
      else release(agent, call);
    },
    settle,
  );
}

/**
 * Opens the microphone and makes the local description; a leg that is to be rejoined is looked for first. An incoming
 * call outlives a failure without its media, so that it can be answered again.
 */
export function prepare(agent: ServiceContext, order: Prepare, told: Settle<Microphone>): void {
  const about = subject(agent, order);
  if (isLeft(about)) {
    told(about);
    return;
  }
  const call = about.right;
  const settle = whileCallLives(call, told);
  call.desired.live = order.live;
  call.desired.deaf = order.output.muted;
  const leg = order.place?.rejoin;
  if (leg === undefined) {
    describe(agent, call, order, settle);
    return;
  }
  call.leg = leg;
  follow(
    agent,
    call,
    found(agent, leg),
    there => {
      if (isLeft(there)) {
        settle(there);
        release(agent, call);
        return;
      }
      rejoined(agent, call, there.right);
      describe(agent, call, order, settle);
    },
    settle,
  );
}

/** Before the answer nothing is restarted. */
function lost(agent: ServiceContext, call: ServiceCall): void {
  if (call.answered) agent.report({ _tag: 'media-failed', call: call.id });
  else abort(agent, call, { by: 'network', cause: 'media_failed' });
}

/** Gives the call a peer connection, which can be found under its id while it is there. */
function openPeer(
  agent: ServiceContext,
  call: ServiceCall,
  { output, live }: { readonly output: OutputSettings; readonly live: boolean },
): Subscription {
  const { options: settings, media, connections, report } = agent;
  const open = attachPeer(call, {
    settings,
    media,
    output,
    live,
    report,
    failed: () => {
      lost(agent, call);
    },
    made: connection => connections.set(call.id, connection),
  });
  open.add(() => connections.delete(call.id));
  return open;
}
