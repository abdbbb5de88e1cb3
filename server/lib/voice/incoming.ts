/** Calls from SIP to the users of the service. */
import { newId } from '../chat/ids.js';
import { bondOf } from './call-group.js';
import { goneOf } from './connect.js';
import { pressed } from './digits.js';
import { dropLeg, endLeg } from './end-leg.js';
import { answered } from './leg-endpoints.js';
import { aside, type Exchange } from './voice-context.js';
import { isOver, wasAnswered, type End, type Leg } from './legs.js';
import type { AcrossNews, Ringing, ServiceSide } from './model.js';
import { ringLeg, seat, type Begin } from './ringing.js';
import { blankRoom } from './call-script.js';
import { tellStatus } from './leg-events.js';
import { byService } from './ring-targets.js';
import { elsewhere, hungUp, mediaLost, refused, rungOut } from './end-reason.js';

/** Each call is a conversation of the callee's with two legs, of which the caller's has no member. */
export function createServiceSide(exchange: Exchange): ServiceSide {
  const { legs, isSignedIn, devices, realm, users } = exchange;

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
      const tell = (news: AcrossNews): void => {
        if (listening) hear(news);
      };
      owner.press = digit => {
        tell({ kind: 'digit', digit });
      };
      owner.closing.add(({ sip: status, text: reason }) => {
        tell(wasAnswered(owner) ? { kind: 'ended', reason } : { kind: 'refused', status, reason });
      });
      aside(
        exchange,
        answer(exchange, owner, call, tell).catch(async (error: unknown) => {
          await endLeg(exchange, owner, refused(500));
          throw error;
        }),
      );
      return {
        end: (why = {}) => {
          listening = false;
          dropLeg(exchange, owner, why.elsewhere ? elsewhere : hungUp(why.reason));
        },
        digit: digit => {
          aside(exchange, pressed(exchange, owner, digit));
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
async function answer(exchange: Exchange, owner: Leg, call: Ringing, tell: (news: AcrossNews) => void): Promise<void> {
  const { people, storage } = exchange.house;
  const end = (status: number): Promise<void> => endLeg(exchange, owner, refused(status));
  const [open, user] = await Promise.all([exchange.anchors(), people.find(call.to)]);
  if (!open || !user || !exchange.isSignedIn(user.name)) return end(480);
  const anchor = open({
    towards: 'sip',
    lost: () => {
      dropLeg(exchange, owner, mediaLost);
    },
  });
  owner.anchor = anchor;
  // Others may ring for the same offer: who answers it before anybody has picked up takes their connection away.
  if (!(await anchor.understands(call.offer))) return end(488);
  if (isOver(owner)) return;
  await storage.createConversation(blankRoom(owner.conversation, (await people.find(call.from.user)) ?? user));
  if (isOver(owner)) return;
  const rings: Begin = ring => {
    byService(exchange, lost => open({ towards: 'service', lost }))({
      ...ring,
      rings: async () => {
        await ring.rings();
        if (!owner.over) tell({ kind: 'ringing' });
      },
    });
  };
  const { from, to, conversation } = owner;
  const leg = exchange.legs.add({ type: 'app', direction: 'outbound', from, to, user });
  const bond = bondOf(exchange, owner);
  Object.assign(leg, { conversation, bond, contacts: call.contacts ?? [] });
  bond.legs.add(leg);
  const rung = await ringLeg(exchange, leg, [rings], exchange.answerTimeout);
  if (rung !== 'answered') return endLeg(exchange, owner, rung === rungOut ? refused(480) : rung);
  const sdp = await answered(anchor, call.offer);
  if (sdp === undefined) return end(488);
  if (!isOver(owner)) {
    seat(exchange, owner, anchor);
    await tellStatus(exchange, owner, 'answered');
  }
  tell({ kind: 'answered', sdp, user: user.name });
  const why = await goneOf(leg);
  if (!bond.loose) await endLeg(exchange, owner, why);
}
