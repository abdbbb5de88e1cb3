import { compact } from '../core/compact.js';
import type { Conversation, ConversationInfo, Member, MemberStatus, Message, Receipt, TimelineEvent } from './model.js';
import type { Numbered, LineSetting } from './state.js';
import { withStatuses } from './statuses.js';
import { insert, update } from './timeline.js';
import type { JsonObject } from '../core/port.js';

type Is<Kind extends Numbered['kind']> = Extract<Numbered, { readonly kind: Kind }>;
type Fold<Kind extends Numbered['kind']> = (
  conversation: Conversation,
  event: Is<Kind>,
  setting: LineSetting,
) => Conversation;

/** Applies an event to its conversation. Idempotent. */
export function fold(conversation: Conversation, event: Numbered, setting: LineSetting): Conversation {
  return (folds[event.kind] as Fold<Numbered['kind']>)(conversation, event, setting);
}

/** It is shown itself. */
function shown(conversation: Conversation, event: TimelineEvent): Conversation {
  const first = conversation.events.at(0);
  // Events older than the window come with their page.
  if (conversation.history.before && first !== undefined && event.id < first.id) return conversation;
  const events = insert(conversation.events, event);
  return events === conversation.events
    ? changed(conversation, event.id, before => merged(before, event))
    : withEvents(conversation, events);
}

/** As a spread, but in a third of its time: this is done for every event. */
function withEvents(conversation: Conversation, events: Conversation['events']): Conversation {
  return Object.assign({}, conversation, { events });
}

/** The same event, read at two times: both know something of what became of it. */
function merged(before: TimelineEvent, other: TimelineEvent): TimelineEvent {
  if (!isMessage(before) || !isMessage(other)) return before;
  const { deleted } = other.body;
  return withStatuses(deleted === undefined ? before : silenced(before, deleted), other.memberStatuses ?? {}, farther);
}

const steps = ['submitted', 'delivered', 'seen', 'undeliverable', 'rejected'] as const;

/** Each step when it was first taken, and the farthest of them. */
function farther(a: MemberStatus, b: MemberStatus): MemberStatus {
  const taken = steps.flatMap(step => {
    const times = [a[step], b[step]].filter(time => time !== undefined).sort();
    return times[0] === undefined ? [] : [[step, times[0]] as const];
  });
  if (taken.every(([step, time]) => a[step] === time)) return a;
  return { ...Object.fromEntries(taken), current: taken.at(-1)?.[0] ?? 'none' };
}

function changed(
  conversation: Conversation,
  id: number,
  change: (message: TimelineEvent) => TimelineEvent,
): Conversation {
  const events = update(conversation.events, id, change);
  return events === conversation.events ? conversation : withEvents(conversation, events);
}

function memberChanged(state: Member['state']) {
  return (
    conversation: Conversation,
    event: Is<'member:invited' | 'member:joined' | 'member:left'>,
    { user }: LineSetting,
  ): Conversation => {
    const { memberId: id, user: who } = event.body;
    const before = conversation.members.find(member => member.id === id);
    // A member that has moved on since is not put back by an event that comes late.
    if (before !== undefined && rank[before.state] >= rank[state]) return shown(conversation, event);
    const member: Member = {
      ...before,
      id,
      state,
      user: before?.user ?? who,
      timestamp: { ...before?.timestamp, [state.toLowerCase()]: event.timestamp },
    };
    const members =
      before === undefined
        ? [...conversation.members, member]
        : conversation.members.map(one => (one === before ? member : one));
    const mine = user !== undefined && who.id === user;
    return shown({ ...conversation, members, ...(mine ? { me: { id, state } } : {}) }, event);
  };
}

/** A member who rejoins has another id. */
const rank: Readonly<Record<Member['state'], number>> = { UNKNOWN: 0, INVITED: 1, JOINED: 2, LEFT: 3 };

function received(conversation: Conversation, { kind, from, body, timestamp }: Receipt): Conversation {
  if (from.kind === 'system') return conversation;
  const step = kind.slice('message:'.length) as Exclude<MemberStatus['current'], 'none'>;
  return changed(conversation, body.eventId, message =>
    isMessage(message)
      ? withStatuses(message, { [from.memberId]: { [step]: timestamp, current: step } }, farther)
      : message,
  );
}

function deleted(conversation: Conversation, { body, timestamp }: Is<'event:delete'>): Conversation {
  return changed(conversation, body.eventId, event => (isMessage(event) ? silenced(event, timestamp) : event));
}

/** Deletes the content of a message, once; the message itself stays. */
function silenced(message: Message, timestamp: string): Message {
  return message.body.deleted !== undefined && message.body.deleted <= timestamp
    ? message
    : ({ ...message, body: { ...emptied[message.kind], deleted: timestamp } } as Message);
}

const emptied: { readonly [Kind in Message['kind']]: JsonObject } = {
  'message:text': { text: '' },
  'message:image': { imageUrl: '' },
  'message:audio': { audioUrl: '' },
  'message:video': { videoUrl: '' },
  'message:file': { fileUrl: '' },
  'message:vcard': { vcardUrl: '' },
  'message:location': { location: { latitude: '', longitude: '' } },
  'message:template': { template: { name: '' }, whatsapp: { policy: '', locale: '' } },
  'message:custom': { customData: null },
};

/** The event that this one refers to. */
export function targetOf(event: Numbered): number | undefined {
  return event.kind !== 'unknown' && event.kind !== 'custom' && 'eventId' in event.body
    ? event.body.eventId
    : undefined;
}

/** True for events that are shown in the timeline. */
export function isShown(event: Numbered): event is TimelineEvent {
  return targetOf(event) === undefined;
}

export function isMessage(event: { readonly kind: string }): event is Message {
  return event.kind in emptied;
}

const folds: { readonly [Kind in Numbered['kind']]: Fold<Kind> } = {
  'member:invited': memberChanged('INVITED'),
  'member:joined': memberChanged('JOINED'),
  'member:left': memberChanged('LEFT'),
  'message:text': shown,
  'message:image': shown,
  'message:audio': shown,
  'message:video': shown,
  'message:file': shown,
  'message:vcard': shown,
  'message:location': shown,
  'message:template': shown,
  'message:custom': shown,
  custom: shown,
  unknown: shown,
  'message:seen': received,
  'message:delivered': received,
  'message:rejected': received,
  'message:submitted': received,
  'message:undeliverable': received,
  'event:delete': deleted,
};

/** Replaces the conversation by the service's version; the same value where nothing has changed. */
export function informed(conversation: Conversation, info: ConversationInfo): Conversation {
  const { id, members, events, gaps, unsent, history, sync } = conversation;
  const { name, properties, displayName, imageUrl, me = conversation.me } = info;
  const told = { id, name, properties, ...compact({ displayName, imageUrl, me }) };
  const now: Conversation = { ...told, members, events, gaps, unsent, history, sync };
  return isSame(identityOf(now), identityOf(conversation)) ? conversation : now;
}

function identityOf({ name, displayName, imageUrl, properties, me }: Conversation): unknown {
  return [name, displayName, imageUrl, properties, me];
}

function isSame(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
