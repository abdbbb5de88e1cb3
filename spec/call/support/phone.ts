import { filter, map, type Observable } from 'rxjs';
import type { RunHelpers } from 'rxjs/testing';
import { createClient } from '../../../lib/client/client.js';
import type { Client, ClientOptions } from '../../../lib/client/model.js';
import {
  agreeable,
  fakeLine,
  names,
  type FakeLine,
  type FakeLineOptions,
  type Letter,
  type Replies,
} from '../../../lib/testing/index.js';
import { callSays, changesOf, codeOf, isOfCall, orderOf, statusOf } from '../../support/legend.js';
import { owns } from '../../support/marbles.js';

export type Phone = {
  readonly line: FakeLine;
  readonly client: Client;
  /** What the outside is asked about calls. */
  readonly order$: Observable<string>;
  /** The first call. */
  readonly status$: Observable<string>;
  readonly code$: Observable<string>;
};

/** An outside that agrees to everything at once, and gathers at once too. */
export const quick: Required<Replies> = {
  ...agreeable,
  prepare: order => [...agreeable.prepare(order), { _tag: 'gathered', call: order.call }],
};

/** A telephone whose line is up from frame 0 to the end of the row; the outside says what the row says. */
export const phone = (
  helpers: RunHelpers,
  link: string,
  report$: string,
  {
    replies = quick,
    traits = {},
    says = callSays,
    ...options
  }: Partial<ClientOptions> &
    Pick<FakeLineOptions, 'replies' | 'traits'> & {
      readonly says?: Readonly<Record<string, Letter>>;
    } = {},
): Phone => {
  const line = fakeLine({ report$: helpers.hot(report$, says), replies, traits });
  const client = createClient({
    calling: [line],
    random: () => 0.5,
    newId: names('c'),
    // What is measured for the summary has specs of its own.
    summaries: false,
    ...options,
  });
  owns(client, link);
  return {
    line,
    client,
    order$: line.order$.pipe(filter(isOfCall), map(orderOf)),
    status$: client.session$.pipe(changesOf(({ calls: [call] }) => statusOf(call))),
    code$: client.fault$.pipe(map(codeOf)),
  };
};
