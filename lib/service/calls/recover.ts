import { isLeft, left, right } from '../../core/either.js';
import { failed } from '../failure.js';
import type { ServiceContext, Settle, ServiceCall } from './context.js';
import { follow, release } from './call.js';
import { isOver, list } from './legs.js';
import { joined } from './place.js';
import { askingForInfo } from './requests.js';
import type { LegInfo } from '../../conversation/model.js';

/** It was hung up while the line was away. */
function gone(agent: ServiceContext, call: ServiceCall, settle: Settle<undefined>): void {
  settle(left(failed('call-ended')));
  release(agent, call);
  agent.report({ _tag: 'leg-hung-up', call: call.id });
}

/** State that the socket missed while it was down: our join, and the legs of the others. */
function caughtUp(agent: ServiceContext, call: ServiceCall, { conversationId }: LegInfo): void {
  if (call.joined || call.origin._tag !== 'dialled') {
    list(agent, call);
    return;
  }
  follow(agent, call, agent.meIn(conversationId), me => {
    if (!isLeft(me)) joined(agent, call, conversationId, me.right);
  });
}

/** True while the call exists at the service. Before it has a leg there is nothing to request. */
export function recover(agent: ServiceContext, call: ServiceCall, settle: Settle<undefined>): void {
  const { leg } = call;
  if (leg === undefined) {
    settle(right(undefined));
    return;
  }
  follow(
    agent,
    call,
    agent.ask(askingForInfo(leg)),
    info => {
      if (isLeft(info) && info.left.fault.statusCode !== 404) settle(info);
      else if (isLeft(info) || isOver(info.right.status)) gone(agent, call, settle);
      else {
        settle(right(undefined));
        caughtUp(agent, call, info.right);
      }
    },
    settle,
  );
}
