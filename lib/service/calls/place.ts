import { isLeft } from '../../core/either.js';
import { failed } from '../failure.js';
import type { ServiceContext, ServiceCall } from './context.js';
import { callOf, endRemotely, run } from './call.js';
import { accept, arrive, list, moveTo } from './legs.js';
import { abort, refused } from './hang-up.js';
import { offered } from './restart.js';
import { askingForLeg, askingToEnter } from './requests.js';
import { syncAudioState } from './audio-state.js';
import type { ConversationId, MemberId } from '../../conversation/model.js';
import type { JsonObject } from '../../core/port.js';

/** Calls, or takes up the call that is there. */
export function place(agent: ServiceContext, call: ServiceCall): void {
  const sdp = call.peer?.localDescription;
  if (sdp === undefined || call.origin._tag === 'invited' || call.descriptionApplied) {
    endRemotely(agent, call, { by: 'local', cause: 'media_failed' });
    return;
  }
  if (call.origin._tag === 'dialled') dial(agent, call, sdp, call.origin.customData);
  else rejoin(agent, call, sdp);
}

/**
 * A leg, and then the wish to be let in with it: what comes of that is told by the socket. A leg that has come into being
 * is to be known also when the call is over by then, so this outlives the call.
 */
function dial(agent: ServiceContext, call: ServiceCall, sdp: string, customData: JsonObject): void {
  agent.life().add(
    // It is carried out now.
    agent.ask(askingForLeg(agent.identity.sessionId(), sdp)).subscribe(made => {
      agent.guard(
        () => {
          if (isLeft(made)) refused(agent, call, made.left);
          else if (isTaken(agent, made.right.rtc_id)) refused(agent, call, failed('bad-answer'));
          else born(agent, call, made.right, customData);
        },
        { call: call.id },
      );
    }),
  );
}

/** True when a leg belongs to another call. */
function isTaken(agent: ServiceContext, leg: string): boolean {
  return callOf(agent, leg) !== undefined || agent.endedLegs.of(leg) !== undefined;
}

function born(
  agent: ServiceContext,
  call: ServiceCall,
  { rtc_id: leg, sdp }: { readonly rtc_id: string; readonly sdp: string },
  customData: JsonObject,
): void {
  if (call.life.closed) {
    agent.endedLegs.keep(leg, { call: call.id, awaited: true, undo: call.why ?? {} });
    return;
  }
  call.leg = leg;
  agent.report({ _tag: 'placed', call: call.id, ref: leg });
  run(
    agent,
    call,
    peer => peer.accept('answer', sdp),
    accepted => {
      if (isLeft(accepted)) {
        abort(agent, call, { by: 'local', cause: 'media_failed' });
        return;
      }
      call.descriptionApplied = true;
      knock(agent, call, leg, customData);
    },
  );
}

function knock(agent: ServiceContext, call: ServiceCall, leg: string, customData: JsonObject): void {
  const { identity } = agent;
  const asking = askingToEnter(identity.sessionId(), identity.user()?.name, leg, customData);
  agent.life().add(
    // It is not cancelled with the call: the socket reports whether it has arrived.
    agent.ask(asking).subscribe(told => {
      agent.guard(
        () => {
          if (isLeft(told)) refused(agent, call, told.left);
        },
        { call: call.id },
      );
    }),
  );
  enter(agent, call);
}

/** Our leg has joined a conversation; that it has may come early, and again. */
export function joined(agent: ServiceContext, call: ServiceCall, conversation: ConversationId, member: MemberId): void {
  const isFirst = !call.joined;
  call.joined = true;
  moveTo(agent, call, conversation, member);
  if (isFirst && call.origin._tag === 'dialled') enter(agent, call);
}

/** We have joined with audio: requests the other legs. */
function enter(agent: ServiceContext, call: ServiceCall): void {
  if (!call.joined || !call.descriptionApplied) return;
  syncAudioState(agent, call);
  list(agent, call, isTold => {
    call.listed = true;
    if (isTold) arrive(agent, call);
    else accept(agent, call);
  });
}

function rejoin(agent: ServiceContext, call: ServiceCall, sdp: string): void {
  agent.report({ _tag: 'placed', call: call.id, ref: call.leg ?? '' });
  run(
    agent,
    call,
    peer => offered(agent, call, peer, sdp),
    answered => {
      if (isLeft(answered)) {
        refused(agent, call, answered.left);
        return;
      }
      call.descriptionApplied = true;
      accept(agent, call);
      syncAudioState(agent, call);
      list(agent, call);
    },
  );
}
