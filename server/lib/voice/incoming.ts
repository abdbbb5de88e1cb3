/** Calls from SIP to the users of the service. */
import { newId } from '../chat/ids.js';
import { createCallGroup } from './call-group.js';
import { goneOf } from './connect.js';
import { pressed } from './digits.js';
import { dropLeg, endLeg } from './end-leg.js';
import { answered } from './leg-endpoints.js';
import { runDetached, type VoiceContext } from './voice-context.js';
import { isOver, wasAnswered, type End, type Leg } from './legs.js';
import type { SipCallEvent, Ringing, ServiceSide } from './model.js';
import { ringLeg, attachAudio, type StartRinging } from './ringing.js';
import { newConversation } from './call-script.js';
import { publishStatus } from './leg-events.js';
import { ringClients } from './ring-targets.js';
import { elsewhere, hungUp, mediaLost, refused, ringTimeout } from './end-reason.js';

/** Each call is a conversation of the callee's with two legs, of which the caller's has no member. */
export function createServiceSide(voice: VoiceContext): ServiceSide {
  const { legs, isSignedIn, devices, realm, users } = voice;

  function fromOf({ from: { user } }: Ringing): End {
    if (users.find(user)?.name !== user) return { type: 'phone', number: user };
    return { type: 'sip', user, uri: `sip:${user}@${realm}` };
  }

  return {
    isSignedIn,
    devices,
    ring: (call, hear) => {
      const to: End = { type: 'app', user: call.to };
      const owner = legs.add({ type: 'sip', direction: 'inbound', from: fromOf(call), to });
      owner.conversation = newId('CON');
      let listening = true;
      const tell = (news: SipCallEvent): void => {
        if (listening) hear(news);
      };
      owner.press = digit => {
        tell({ kind: 'digit', digit });
      };
      owner.closing.add(({ sip: status, text: reason }) => {
        tell(wasAnswered(owner) ? { kind: 'ended', reason } : { kind: 'refused', status, reason });
      });
      runDetached(
        voice,
        answer(voice, owner, call, tell).catch(async (error: unknown) => {
          await endLeg(voice, owner, refused(500));
          throw error;
        }),
      );
      return {
        end: (why = {}) => {
          listening = false;
          dropLeg(voice, owner, why.elsewhere ? elsewhere : hungUp(why.reason));
        },
        digit: digit => {
          runDetached(voice, pressed(voice, owner, digit));
        },
        change: async offer => {
          if (!owner.anchor || owner.over) throw new RangeError('the call is over');
          return owner.anchor.answer(offer);
        },
      };
    },
  };
}

/** Rings the callee's sessions and connects whichever answers. */
async function answer(
  voice: VoiceContext,
  owner: Leg,
  call: Ringing,
  tell: (news: SipCallEvent) => void,
): Promise<void> {
  const { users, storage } = voice.chat;
  const end = (status: number): Promise<void> => endLeg(voice, owner, refused(status));
  const [open, user] = await Promise.all([voice.anchors(), users.find(call.to)]);
  if (!open || !user || !voice.isSignedIn(user.name)) return end(480);
  const anchor = open({
    towards: 'sip',
    lost: () => {
      dropLeg(voice, owner, mediaLost);
    },
  });
  owner.anchor = anchor;
  // Other devices may ring for the same offer: an early answer would take their connection.
  if (!(await anchor.understands(call.offer))) return end(488);
  if (isOver(owner)) return;
  await storage.createConversation(newConversation(owner.conversation, (await users.find(call.from.user)) ?? user));
  if (isOver(owner)) return;
  const rings: StartRinging = ring => {
    ringClients(voice, lost => open({ towards: 'service', lost }))({
      ...ring,
      rings: async () => {
        await ring.rings();
        if (!owner.over) tell({ kind: 'ringing' });
      },
    });
  };
  const { from, to, conversation } = owner;
  const leg = voice.legs.add({ type: 'app', direction: 'outbound', from, to, user });
  const bond = createCallGroup(voice, owner);
  Object.assign(leg, { conversation, bond, contacts: call.contacts ?? [] });
  bond.legs.add(leg);
  const rung = await ringLeg(voice, leg, [rings], voice.answerTimeout);
  if (rung !== 'answered') return endLeg(voice, owner, rung === ringTimeout ? refused(480) : rung);
  const sdp = await answered(anchor, call.offer);
  if (sdp === undefined) return end(488);
  if (!isOver(owner)) {
    attachAudio(voice, owner, anchor);
    await publishStatus(voice, owner, 'answered');
  }
  tell({ kind: 'answered', sdp, user: user.name });
  const why = await goneOf(leg);
  if (!bond.loose) await endLeg(voice, owner, why);
}
