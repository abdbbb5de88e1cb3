import type { ConversationId, LegInfo, LegParty, MemberId } from '../../conversation/model.js';
import type { Leg } from '../../call/model.js';
import { isLeft } from '../../core/either.js';
import { fault } from '../../core/fault.js';
import { compact } from '../../core/compact.js';
import type { ServiceContext, ServiceCall } from './context.js';
import { follow, reportFault } from './call.js';
import { askingForLegs } from './requests.js';

/** Progress of a leg; any other status means that it has ended. */
const steps: readonly string[] = ['started', 'ringing', 'answered'];
function stepOf(status: string): number {
  const step = steps.indexOf(status);
  return step === -1 ? steps.length : step;
}

export function isOver(status: string): boolean {
  return stepOf(status) === steps.length;
}

/** The party of a leg: a phone number, or a user's name. */
export function partyOf({ number, user }: LegParty): string | undefined {
  return number ?? user;
}

/** Stores conversation and member of a call; requests the member where it is missing. */
export function moveTo(
  agent: ServiceContext,
  call: ServiceCall,
  conversation: ConversationId,
  member?: MemberId,
): void {
  const isElsewhere = call.conversation !== conversation;
  if (isElsewhere) delete call.member;
  call.conversation = conversation;
  if (member !== undefined) call.member = member;
  if (isElsewhere) agent.report({ _tag: 'conversation-changed', call: call.id, conversation });
}

/** A status change of a leg, by socket. */
export function changed(agent: ServiceContext, call: ServiceCall, leg: Pick<Leg, 'id' | 'mine'> & Partial<Leg>): void {
  call.legChanges.set(leg.id, { ...call.legChanges.get(leg.id), ...leg });
  if (!leg.mine && leg.status !== undefined) call.others.set(leg.id, leg.status);
  agent.report({ _tag: 'leg', call: call.id, leg });
  arrive(agent, call);
}

function furthest(told: string | undefined, listed: string): string {
  return told !== undefined && stepOf(told) >= stepOf(listed) ? told : listed;
}

/** A leg of the list. A later status by socket takes precedence, and no leg goes back. */
function listed(call: ServiceCall, info: LegInfo): Pick<Leg, 'id' | 'mine' | 'status'> & Partial<Leg> {
  const { id, type, direction, from, to, mediaState } = info;
  const news = call.legChanges.get(id);
  return compact({
    id,
    mine: id === call.leg,
    status: furthest(news?.status, info.status),
    type,
    party: partyOf(direction === 'inbound' ? from : to),
    muted: news?.muted ?? mediaState?.mute,
    earmuffed: news?.earmuffed ?? mediaState?.earmuff,
  });
}

/** Requests and reports the legs. `then` is always called, with true where there were any. */
export function list(
  agent: ServiceContext,
  call: ServiceCall,
  then: (isTold: boolean) => void = () => undefined,
): void {
  if (call.conversation === undefined) return;
  call.legChanges.clear();
  const skipped = (path: string): void => {
    reportFault(agent, call, { fault: fault('bad-answer', { message: `Left out of the answer: ${path}.` }) });
  };
  follow(agent, call, agent.ask(askingForLegs(call.conversation, skipped)), page => {
    if (isLeft(page)) reportFault(agent, call, page.left);
    else
      page.right.items
        .map(info => listed(call, info))
        .forEach(leg => {
          if (!leg.mine) call.others.set(leg.id, leg.status);
          agent.report({ _tag: 'leg', call: call.id, leg });
        });
    then(!isLeft(page));
  });
}

/** The callee of our call has answered. */
export function accept(agent: ServiceContext, call: ServiceCall): void {
  if (call.answered) return;
  call.answered = true;
  agent.report({ _tag: 'accepted', call: call.id });
}

/**
 * We have joined the conversation of an outgoing call: has a party answered? Where no other party is called the service
 * itself has. Before that its sound is there already.
 */
export function arrive(agent: ServiceContext, call: ServiceCall): void {
  if (call.answered || !call.joined || !call.descriptionApplied || call.origin._tag !== 'dialled') return;
  const others = [...call.others.values()];
  if (others.includes('answered') || (call.listed && others.length === 0)) accept(agent, call);
  else if (call.listed && others.includes('ringing')) ring(agent, call);
}

function ring(agent: ServiceContext, call: ServiceCall): void {
  if (call.hasRung) return;
  call.hasRung = true;
  agent.report({ _tag: 'progress', call: call.id, statusCode: 180, reasonPhrase: 'Ringing', body: '', early: true });
}
