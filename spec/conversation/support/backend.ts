import type { Page, StreamEvent } from '../../../lib/conversation/model.js';
import type { EventsOptions, Request } from '../../../lib/conversation/port.js';
import {
  newConversation,
  type ConversationInput,
  type ConversationState,
  type Numbered,
  type Purpose,
  type LineSetting,
} from '../../../lib/conversation/state.js';
import { stepConversation } from '../../../lib/conversation/step.js';
import { right } from '../../../lib/core/either.js';

/** The truth of one conversation: what the server has, by number. Numbers without an event are void. */
export type Log = Numbered[];

export const bob = {
  kind: 'embeddedInfo',
  memberId: 'MEM-2',
  user: { id: 'USR-2', name: 'bob' },
} as const;

/** Later numbers, later times. */
const timeOf = (id: number): string => `t${String(id).padStart(6, '0')}`;

const head = (id: number) => ({ id, timestamp: timeOf(id), conversationId: 'CON-1', from: bob });

export const text = (id: number): Numbered => ({ ...head(id), kind: 'message:text', body: { text: `text ${id}` } });
export const seen = (id: number, eventId: number): Numbered => ({
  ...head(id),
  kind: 'message:seen',
  body: { eventId },
});
export const erased = (id: number, eventId: number): Numbered => ({
  ...head(id),
  kind: 'event:delete',
  body: { eventId },
});

const isChat = ({ kind }: Numbered): boolean => kind !== 'message:seen' && kind !== 'event:delete';

/** What the server shows of an event once all that came after it has had its effect. */
export const shownBy =
  (log: Log) =>
  (event: Numbered): unknown => {
    if (event.kind !== 'message:text') return event;
    const gone = log.find(other => other.kind === 'event:delete' && other.body.eventId === event.id);
    const read = log.find(other => other.kind === 'message:seen' && other.body.eventId === event.id);
    return {
      ...event,
      body: gone === undefined ? event.body : { text: '', deleted: timeOf(gone.id) },
      ...(read === undefined ? {} : { memberStatuses: { 'MEM-2': { seen: timeOf(read.id), current: 'seen' } } }),
    };
  };

type Out = { readonly purpose: Purpose; readonly request: Request; readonly answer?: unknown };

/**
 * One conversation between a server that tells the truth and a network that does not: drops, repeats, swaps, cuts, and
 * takes its time. The fold is the real one; only the wire is played.
 */
export class Backend {
  readonly log: Log = [];
  readonly events: StreamEvent[] = [];
  record: ConversationState;
  private next = 1;
  private wire: Numbered[] = [];
  private out: Out[] = [];
  private readonly timers = new Set<string>();
  private setting: LineSetting = { wanted: true, up: true, user: 'USR-1', idempotent: true, receipts: false };

  constructor(private readonly pageSize = 3) {
    this.record = newConversation(() => this.setting)('CON-1');
  }

  get up(): boolean {
    return this.setting.up;
  }

  /** Something happens on the server; it goes out to whoever is connected. */
  say(kind: 'text' | 'seen' | 'erased' | 'void', about = 0): void {
    const id = this.next;
    this.next += 1;
    if (kind === 'void') return;
    const messages = this.log.filter(event => event.kind === 'message:text').map(event => event.id);
    const target = messages[about % Math.max(1, messages.length)];
    const event =
      kind === 'text' || target === undefined ? text(id) : kind === 'seen' ? seen(id, target) : erased(id, target);
    this.log.push(event);
    if (this.setting.up) this.wire.push(event);
  }

  /** One of those under way arrives: not always the first. */
  deliver(which = 0): void {
    const [event] = this.wire.splice(which % Math.max(1, this.wire.length), 1);
    if (event !== undefined) this.input({ _tag: 'arrived', event });
  }

  repeat(which: number): void {
    const event = this.log[which % Math.max(1, this.log.length)];
    if (event !== undefined && this.setting.up) this.input({ _tag: 'arrived', event });
  }

  lose(which: number): void {
    this.wire.splice(which % Math.max(1, this.wire.length), 1);
  }

  cut(): void {
    this.wire = [];
    this.set({ up: false });
  }

  mend(): void {
    this.set({ up: true });
  }

  /** The server reads a page for a request: what it says is true now, and arrives later. */
  read(which: number): void {
    const open = this.out.filter(({ answer }) => answer === undefined);
    const one = open[which % Math.max(1, open.length)];
    if (one !== undefined)
      this.out = this.out.map(other => (other === one ? { ...one, answer: this.answer(one) } : other));
  }

  /** An answer arrives. */
  hear(which: number): void {
    const ready = this.out.filter(({ answer }) => answer !== undefined);
    const one = ready[which % Math.max(1, ready.length)];
    if (one === undefined) return;
    this.out = this.out.filter(other => other !== one);
    this.input({ _tag: 'answer', purpose: one.purpose, result: right(one.answer) });
  }

  /** The patience for a hole is over, if it is being tried. */
  lapse(): void {
    if (this.timers.delete('gap')) this.input({ _tag: 'gap-timeout' });
  }

  input(input: ConversationInput): void {
    const { state, orders, events } = stepConversation(this.record, input, { at: 0, random: 0 });
    this.record = state;
    for (const news of events) if (news._tag === 'event') this.events.push(news.event);
    for (const order of orders) {
      if (order._tag === 'request') this.out.push(order);
      else if (order._tag === 'after') this.timers.add(order.key);
      else if (order._tag === 'cancel-after') this.timers.delete(order.key);
    }
  }

  /** All that is under way arrives, all that is asked is answered, until nothing is left to be done. */
  settle(): void {
    for (let rounds = 0; this.wire.length + this.out.length > 0; rounds += 1) {
      if (rounds > 10_000) throw new Error('the conversation never comes to rest');
      this.deliver();
      this.read(0);
      this.hear(0);
    }
  }

  private set(change: Partial<LineSetting>): void {
    this.setting = { ...this.setting, ...change };
    this.input({ _tag: 'setting', setting: this.setting });
  }

  private answer({ request }: Out): unknown {
    if (request.verb === 'getConversation')
      return { id: 'CON-1', name: 'NAM-1', timestamp: {}, properties: { customData: {} } };
    if (request.verb === 'getConversationMembers') return { items: [] };
    return request.verb === 'getConversationEvents' ? this.page(request.args) : { items: [] };
  }

  private page({ order = 'asc', startId, cursor, everything = false }: EventsOptions): Page<unknown> {
    const from = cursor === undefined ? startId : Number(cursor);
    const ascending = this.log.filter(event => everything || isChat(event));
    const way = order === 'asc' ? ascending : [...ascending].reverse();
    const rest = way.filter(({ id }) => from === undefined || (order === 'asc' ? id >= from : id <= from));
    const next = rest[this.pageSize];
    return {
      items: rest.slice(0, this.pageSize).map(shownBy(this.log)),
      ...(next === undefined ? {} : { nextCursor: String(next.id) }),
    };
  }
}
