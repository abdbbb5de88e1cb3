import { defer, of, switchMap, tap, type Observable } from 'rxjs';
import type { Speech } from '../../call/model.js';
import type { ConversationId, LegInfo, MemberId, Page } from '../../conversation/model.js';
import { isLeft, left, right, type Either } from '../../core/either.js';
import type { Failure, Json, JsonObject } from '../../core/port.js';
import { failed } from '../failure.js';
import { askingOf, type Asker, query, room } from '../requests.js';
import type { Asking } from '../rest.js';
import { decode, key, struct, text } from '../codec-shapes.js';
import type { ServiceContext, ServiceCall, EndReason } from './context.js';

/** Where we are in a call, and as whom. */
export type Seat = {
  readonly session: string | undefined;
  readonly conversation: ConversationId;
  readonly leg: string;
  readonly me: MemberId;
};

const made = struct({ rtc_id: key, sdp: text });

/** A leg of ours: its name, and the service's description. */
export function askingForLeg(
  session: string | undefined,
  sdp: string,
): Asking<{ readonly rtc_id: string; readonly sdp: string }> {
  return {
    method: 'POST',
    path: '/v0.3/legs',
    body: { originating_session: session, body: { offer: { type: 'offer', sdp } } },
    decode: answer => decode(made, answer),
  };
}

/** Has the application decide what becomes of our leg. */
export function askingToEnter(
  session: string | undefined,
  user: string | undefined,
  leg: string,
  customData: JsonObject,
): Asking<unknown> {
  return {
    method: 'POST',
    path: '/v0.3/knocking',
    body: {
      originating_session: session,
      channel: { type: 'app', to: { type: 'phone', number: '' }, from: { type: 'app', user }, id: leg },
      properties: { custom_data: customData },
    },
    decode: undefined,
  };
}

export function askingToJoin({ session, conversation, me }: Seat): Asking<unknown> {
  return {
    method: 'PUT',
    path: `${room(conversation)}/members/${encodeURIComponent(me)}`,
    body: { originating_session: session, channel: { type: 'app' }, from: me, state: 'joined' },
    decode: undefined,
  };
}

function describing({ session, conversation, leg, me }: Seat, what: 'offer' | 'answer', body: Json): Asking<unknown> {
  return {
    method: 'POST',
    path: `${room(conversation)}/rtc/${encodeURIComponent(leg)}/${what}`,
    body: { originating_session: session, from: me, body: { [what]: body } },
    decode: undefined,
  };
}

export function askingToAnswer(seat: Seat, sdp: string): Asking<unknown> {
  return describing(seat, 'answer', sdp);
}
/** The service's answer comes by the socket. */
export function askingToOffer(seat: Seat, sdp: string): Asking<unknown> {
  return describing(seat, 'offer', { sdp });
}

/** Takes us out of the conversation, and so hangs up. */
export function askingToLeave(conversation: ConversationId, me: MemberId, why: EndReason): Asking<unknown> {
  const isTold = why.reason !== undefined || why.reasonCode !== undefined;
  const told = { reason_code: why.reasonCode, reason_text: why.reason, from: isTold ? me : undefined };
  return {
    method: 'DELETE',
    path: `${room(conversation, 'v0.2')}/members/${encodeURIComponent(me)}${query(told)}`,
    decode: undefined,
  };
}

function saying({ session, conversation, me }: Seat, type: string, body: JsonObject, to?: MemberId): Asking<unknown> {
  return {
    method: 'POST',
    path: `${room(conversation)}/events`,
    body: { type, from: me, ...(to === undefined ? {} : { to }), originating_session: session, body },
    decode: undefined,
  };
}

export function askingToSet(seat: Seat, what: 'mute' | 'earmuff', on: boolean): Asking<unknown> {
  return saying(seat, `audio:${what}:${on ? 'on' : 'off'}`, { rtc_id: seat.leg }, seat.me);
}

export function askingToPress(seat: Seat, digit: string): Asking<unknown> {
  return saying(seat, 'audio:dtmf', { digit, channel: { id: seat.leg, type: 'app' } });
}

const said = struct({ body: struct({ say_id: text }) });

export function askingToSay(
  seat: Seat,
  { text: words, level = 1, loop = 1, queue = true, voiceName = 'amy', ssml = false }: Speech,
): Asking<unknown> {
  return {
    ...saying(seat, 'audio:say', { text: words, level, loop, queue, voice_name: voiceName, ssml }),
    decode: answer => decode(said, answer),
  };
}

function asker(skipped: Asker['skipped']): Asker {
  return { sessionId: undefined, user: undefined, me: '', skipped };
}

export function askingForInfo(leg: string): Asking<LegInfo> {
  return askingOf(
    { verb: 'getLeg', args: { leg } },
    asker(() => undefined),
  );
}

/** Legs of a conversation, at most a hundred. */
export function askingForLegs(conversation: ConversationId, skipped: Asker['skipped']): Asking<Page<LegInfo>> {
  return askingOf({ verb: 'getCallLegs', args: { conversation, pageSize: 100 } }, asker(skipped));
}

/** Asks something as the member that we are in the call's conversation; who that is is asked first, where it is not known. */
export function asMember<A>(
  agent: ServiceContext,
  call: ServiceCall,
  make: (seat: Seat) => Asking<A>,
): Observable<Either<Failure, A>> {
  return defer((): Observable<Either<Failure, A>> => {
    const { conversation, leg, member } = call;
    if (conversation === undefined || leg === undefined) return of(left(failed('wrong-state')));
    const me$: Observable<Either<Failure, MemberId>> =
      member === undefined ? agent.meIn(conversation) : of(right(member));
    return me$.pipe(
      tap(me => {
        if (!isLeft(me) && call.conversation === conversation) call.member = me.right;
      }),
      switchMap(me => {
        if (isLeft(me)) return of(me);
        return agent.ask(make({ session: agent.identity.sessionId(), conversation, leg, me: me.right }));
      }),
    );
  });
}
