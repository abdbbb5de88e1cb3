import type { LegInfo, LegParty } from '../conversation/model.js';
import { compact } from '../core/compact.js';
import { isWords, struct, text, textOf, type Shape, type Words } from './shape.js';

const party = struct({ type: text });

/** One leg of a call, as `getLeg` and the list give it. */
export const legShape = struct({
  id: text,
  conversation_id: text,
  status: text,
  start_time: text,
  end_time: text,
  direction: text,
  type: text,
  from: party,
  to: party,
});

type Wire = typeof legShape extends Shape<infer A> ? A : never;

export const legOf = (leg: Wire & Words): LegInfo =>
  compact({
    id: leg.id,
    conversationId: leg.conversation_id,
    type: leg.type,
    direction: leg.direction,
    status: leg.status,
    startTime: leg.start_time,
    endTime: leg.end_time,
    from: partyOf(leg.from),
    to: partyOf(leg.to),
    mediaState: isWords(leg['media_state']) ? mediaOf(leg['media_state']) : undefined,
  });

const partyOf = (value: { readonly type: string }): LegParty => {
  const { type, user, number } = value as typeof value & Words;
  return compact({ type, user: textOf(user), number: textOf(number) });
};

/** All six, or none of them. */
const mediaOf = ({ mute, earmuff, play_stream, recording, transcribing, tts }: Words): LegInfo['mediaState'] => {
  const states = { mute, earmuff, playStream: play_stream, recording, transcribing, tts };
  return Object.values(states).every(state => typeof state === 'boolean')
    ? (states as LegInfo['mediaState'])
    : undefined;
};
