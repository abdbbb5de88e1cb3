import { asyncScheduler } from 'rxjs';
import type { Call, CallEvent } from '../../../lib/call/model.js';
import type { CallingOrder } from '../../../lib/call/calling.js';
import type { Client, ClientOptions } from '../../../lib/client/model.js';
import { fakeLine, names, type Letter, type Replies } from '../../../lib/testing/index.js';
import { createClient } from '../../../lib/client/client.js';
import { callSays, outcomeOf } from '../../support/legend.js';
import { acts, marbles, owns } from '../../support/marbles.js';
import { quick } from './phone.js';
import type { Traits } from '../../../lib/call/port.js';
import type { Outcome } from '../../../lib/core/port.js';

/** What is peculiar to a line by SIP. */
export const sipTraits: Traits = {
  outlivesLine: true,
  signalling: 'line',
  mediaLost: 'restart',
  transfers: true,
  texts: true,
  keys: 'single',
};

/** A far side that picks up at once. */
export const picksUp: Replies = {
  ...quick,
  place: order => [...quick.place(order), { _tag: 'accepted', call: order.call }],
};

export type Story = {
  /** What the outside says, and what the people do, each by its row. */
  readonly says: string;
  readonly acts: string;
  readonly table: Readonly<Record<string, (client: Client) => Outcome<unknown>>>;
  readonly letters?: Readonly<Record<string, Letter>>;
  readonly replies?: Replies;
  readonly since?: number;
  readonly seconds?: number;
  readonly options?: Partial<ClientOptions>;
};

const unspoken = new Set<CallingOrder['_tag']>([
  'open',
  'close',
  'register',
  'unregister',
  'probe',
  'voice',
  'ring',
  'stats',
  'output',
]);

/** An order, its call, and what else it says. */
const orderLine = (order: CallingOrder): string => {
  const {
    _tag,
    ref: _,
    call = '',
    ...rest
  } = order as { _tag: string; ref?: string; call?: string } & Record<string, unknown>;
  if (_tag === 'prepare') return `prepare ${call}`;
  const words = Object.entries(rest).map(([name, value]) =>
    typeof value === 'object' ? JSON.stringify(value) : `${name}=${String(value as string | number | boolean)}`,
  );
  return [_tag, call, ...words].join(' ');
};

const callLine = ({ id, status, hold, signalling, end, phoneNumber, transfer, refer }: Call): string =>
  [
    id,
    phoneNumber,
    status,
    ...(hold.local && status !== 'on_hold' ? ['silent'] : []),
    ...(signalling === 'up' ? [] : [signalling]),
    ...(transfer === undefined ? [] : [`to ${transfer.to} ${String(transfer.statusCode)}`]),
    ...(refer === undefined ? [] : [`asked to call ${refer.target}`]),
    ...(end === undefined ? [] : [`${end.by} ${end.cause}`]),
  ].join(' ');

const word = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));

const eventLine = (event: CallEvent): string => {
  const { _tag, ...rest } = event;
  return [_tag, ...Object.values(rest).map(word)].join(' ');
};

/**
 * A story as it is told, one line for each thing that happens: `<` what is asked of the outside, `=` how a call is,
 * `!` a moment within a call, and the outcome of each act under its letter. It begins at `since` and ends before the client
 * leaves.
 */
export const tell = ({
  says,
  acts: doing,
  table,
  letters = {},
  replies = picksUp,
  since = 0,
  seconds = 1,
  options,
}: Story): readonly string[] => {
  const told: string[] = [];
  const note = (mark: string, text: string): void => {
    const at = asyncScheduler.now();
    if (at >= since && at < seconds * 1_000) told.push(`${String(at)} ${mark} ${text}`);
  };
  marbles(helpers => {
    const line = fakeLine({ report$: helpers.hot(says, { ...callSays, ...letters }), replies, traits: sipTraits });
    const client = createClient({
      calling: [line],
      random: () => 0.5,
      newId: names('c'),
      summaries: false,
      linger: 300_000,
      ...options,
    });
    owns(client, `^ ${String(seconds)}s !`);
    const shown = new Map<string, string>();
    line.order$.subscribe(order => {
      if (!unspoken.has(order._tag)) note('<', orderLine(order));
    });
    client.session$.subscribe(({ calls }) => {
      calls.forEach(call => {
        const text = callLine(call);
        if (shown.get(call.id) !== text) note('=', text);
        shown.set(call.id, text);
      });
    });
    client.callEvent$.subscribe(event => {
      note('!', eventLine(event));
    });
    const acting = Object.entries(table).map(([letter, act]) => {
      const carryOut = (): void => {
        act(client).subscribe(outcome => {
          note(letter, outcomeOf(outcome));
        });
      };
      return [letter, carryOut] as const;
    });
    acts(helpers, doing, Object.fromEntries(acting));
  });
  return told;
};

/** The lines of a story as it is to be told. */
export const linesOf = (text: string): readonly string[] =>
  text
    .split('\n')
    .map(line => line.trim())
    .filter(line => line !== '');
