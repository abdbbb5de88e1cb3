import type { StreamEvent } from '../conversation/model.js';
import type { ConversationEvent, EventFrom } from './event.js';
import { own, toChannel, toStatuses, toUser } from './projection.js';

/** Maps an event; `undefined` for `unknown` and `gap`. */
export function toVonageEvent(event: StreamEvent): ConversationEvent | undefined {
  if (event.kind === 'unknown' || event.kind === 'gap') return undefined;
  const { timestamp, conversationId } = event;
  const from: EventFrom = event.from.kind === 'system' ? event.from : { ...event.from, user: toUser(event.from.user) };
  const head = { timestamp, conversationId, from };
  if (event.kind === 'ephemeral') return { kind: event.kind, ...head, body: own(event.body) };
  // The compiler cannot correlate kind and body.
  return { kind: event.kind, id: event.id, ...head, ...restOf(event) } as ConversationEvent;
}

type Numbered = Exclude<StreamEvent, { readonly kind: 'unknown' | 'gap' | 'ephemeral' }>;

/** Fields of an event besides its envelope. */
function restOf(event: Numbered): object {
  switch (event.kind) {
    case 'member:invited':
    case 'member:joined':
    case 'member:left': {
      const { memberId, user, channel } = event.body;
      return { body: { memberId, user: toUser(user), channel: toChannel(channel ?? {}) } };
    }
    case 'custom':
      return { eventType: event.eventType, body: own(event.body) };
    case 'message:seen':
    case 'message:delivered':
    case 'message:rejected':
    case 'message:submitted':
    case 'message:undeliverable':
    case 'event:delete':
      return { body: { eventId: event.body.eventId } };
    case 'message:template': {
      const { template, whatsapp, deleted = null } = event.body;
      const { name, parameters = null } = template;
      return {
        body: { body: {}, template: { name, parameters: own(parameters) }, whatsapp: { ...whatsapp }, deleted },
        memberStatus: toStatuses(event.memberStatuses),
      };
    }
    case 'message:location': {
      const { location, deleted = null } = event.body;
      const { latitude, longitude, name = null, address = null } = location;
      return {
        body: { location: { latitude, longitude, name, address }, deleted },
        memberStatuses: toStatuses(event.memberStatuses),
      };
    }
    case 'message:text':
    case 'message:image':
    case 'message:audio':
    case 'message:video':
    case 'message:file':
    case 'message:vcard':
    case 'message:custom':
      return {
        body: { ...own(event.body), deleted: event.body.deleted ?? null },
        memberStatuses: toStatuses(event.memberStatuses),
      };
  }
}
