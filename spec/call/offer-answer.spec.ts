import * as fc from 'fast-check';
import { concatMap, map, mergeMap, type Observable } from 'rxjs';
import type { RunHelpers } from 'rxjs/testing';
import type { CallState, CallInput } from '../../lib/call/state.js';
import { stepCall } from '../../lib/call/step.js';
import { dial } from '../../lib/call/setup.js';
import type { Client } from '../../lib/client/model.js';
import { left, right } from '../../lib/core/either.js';
import { fault } from '../../lib/core/fault.js';
import { failed, type Replies } from '../../lib/testing/index.js';
import { changesOf, outcomeOf } from '../support/legend.js';
import { acts, marbles } from '../support/marbles.js';
import { phone, quick, type Phone } from './support/phone.js';
import { runs } from '../support/runs.js';

/** Far side and registrar answer nothing by themselves but what the row says. */
const silent: Replies = { ...quick, change: () => [], 'accept-offer': () => [], tone: () => [] };

/** A call of ours that is active from frame 1 on. */
const talking = (helpers: RunHelpers, link: string, report$: string, replies: Replies = silent): Phone => {
  const place: Replies['place'] = order => [...quick.place(order), { _tag: 'accepted', call: order.call }];
  const told = phone(helpers, link, report$, { replies: { ...replies, place } });
  acts(helpers, '-I', { I: () => told.client.invite('101') });
  return told;
};

/** The outcomes of the commands in a row. */
const outcomes = (
  { cold }: RunHelpers,
  row: string,
  table: Readonly<Record<string, () => ReturnType<Client['hold']>>>,
): Observable<string> => cold(row).pipe(mergeMap(letter => table[letter]!().pipe(map(outcomeOf))));

const H = 'c1';
const verbs = (client: Client): Readonly<Record<string, () => ReturnType<Client['hold']>>> => ({
  H: () => client.hold(H),
  K: () => client.unhold(H),
});

describe('call: hold', () => {
  it('silences at once, is shown when the far side agrees, and is taken back', () => {
    marbles(helpers => {
      const link = '                                              ^-------------------------!';
      const { client, order$, status$ } = talking(helpers, link, '----------q-----q---');
      const outcome$ = outcomes(helpers, '                        ------H------K------', verbs(client));
      helpers.expectObservable(order$).toBe('                          -(MI)-(SH)S--K--V---------E');
      helpers.expectObservable(status$).toBe('                         z(ta)-----h-----a---------(ez)');
      helpers.expectObservable(outcome$).toBe('                        ----------r-----r', { r: 'right' });
    });
  });

  it('leaves the microphone silent when it is refused, until unhold', () => {
    marbles(helpers => {
      const link = '                                              ^-------------------------!';
      const { client, order$, status$ } = talking(helpers, link, '----------0---------');
      const outcome$ = outcomes(helpers, '                        ------H------K------', verbs(client));
      helpers.expectObservable(order$).toBe('                          -(MI)-(SH)---V------------E');
      helpers.expectObservable(status$).toBe('                         z(ta)---------------------(ez)');
      helpers.expectObservable(outcome$).toBe('                        ----------n--r', { n: 'refused', r: 'right' });
    });
  });

  it.each([
    ['2.1 s at least', 0, '2100ms'],
    ['3 s in the middle', 0.5, '3050ms'],
    ['4 s at most', 0.999999, '4000ms'],
  ])('the caller waits after a 491: %s', (_, random, wait) => {
    marbles(helpers => {
      const place: Replies['place'] = order => [...quick.place(order), { _tag: 'accepted', call: order.call }];
      const options = { replies: { ...silent, place }, random: () => random };
      const { client, order$ } = phone(helpers, '^ 9s !', '----------p', options);
      acts(helpers, '                                   -I----H', { I: () => client.invite('101'), ...verbs(client) });
      helpers.expectObservable(order$, '^ 8s !').toBe(`          -(MI)-(SH) ${wait} H`);
    });
  });

  it.each([
    ['not at all at least', 0, ''],
    ['1 s in the middle', 0.5, '1000ms'],
    ['2 s at most', 0.999999, '2000ms'],
  ])('the called waits after a 491: %s', (_, random, wait) => {
    marbles(helpers => {
      const options = { replies: silent, random: () => random };
      const { client, order$ } = phone(helpers, '^ 9s !', '-i-------------p', options);
      acts(helpers, '                                   -----A-----H', {
        A: () => client.answer('in'),
        H: () => client.hold('in'),
      });
      helpers.expectObservable(order$, '^ 8s !').toBe(`          -G---(MA)--(SH) ${wait} H`);
    });
  });

  it('waits as long as a 500 asks', () => {
    const answers = [1_500];
    const change: Replies['change'] = order =>
      answers.splice(0).length > 0
        ? [failed(order, 'server-error', { statusCode: 500, retryAfter: 1_500 })]
        : quick.change(order);
    marbles(helpers => {
      const { client, order$ } = talking(helpers, '^ 2s !', '', { ...quick, change });
      const outcome$ = outcomes(helpers, '------H', verbs(client));
      helpers.expectObservable(order$, '   ^ 1900ms !').toBe(' -(MI)-(SH) 1496ms (HS)');
      helpers.expectObservable(outcome$, ' ^ 1900ms !').toBe(' ------ 1500ms r', { r: 'right' });
    });
  });

  it('waits for as long as it is only too early, and no longer', () => {
    const early = Array.from({ length: 12 });
    const change: Replies['change'] = order =>
      early.splice(0, 1).length > 0 ? [failed(order, 'busy', { retryAfter: 100 })] : quick.change(order);
    marbles(helpers => {
      const { client } = talking(helpers, '^ 3s !', '', { ...quick, change });
      const outcome$ = outcomes(helpers, '------H', verbs(client));
      helpers.expectObservable(outcome$, ' ^ 2900ms !').toBe(' ------ 1200ms r', { r: 'right' });
    });
  });

  it('is given up when it never meets but another negotiation', () => {
    const change: Replies['change'] = order => [failed(order, 'busy', { statusCode: 491 })];
    marbles(helpers => {
      const { client, status$ } = talking(helpers, '^ 16s !', '', { ...quick, change });
      const outcome$ = outcomes(helpers, '      ------H', verbs(client));
      helpers.expectObservable(outcome$).toBe(' ------ 15250ms b', { b: 'busy' });
      helpers.expectObservable(status$, '       ^ 15900ms !').toBe('z(ta)');
    });
  });

  it('is dropped when it is taken back while it waits to try again', () => {
    marbles(helpers => {
      const { client, order$ } = talking(helpers, '^ 9s !', '----------p');
      const outcome$ = outcomes(helpers, '          ------H------K', verbs(client));
      helpers.expectObservable(order$, '^ 8s !').toBe(' -(MI)-(SH)---V');
      helpers.expectObservable(outcome$).toBe('          -------------(br)', { b: 'busy', r: 'right' });
    });
  });

  it('is dropped when it was taken back while it was out', () => {
    marbles(helpers => {
      const { client, order$ } = talking(helpers, '^ 9s !', '----------p');
      const outcome$ = outcomes(helpers, '          ------H-K', verbs(client));
      helpers.expectObservable(order$, '^ 8s !').toBe(' -(MI)-(SH)V');
      helpers.expectObservable(outcome$).toBe('          ----------(br)', { b: 'busy', r: 'right' });
    });
  });
});

describe('call: offer of the far side', () => {
  it('is declined while ours is out', () => {
    marbles(helpers => {
      const { client, order$ } = talking(helpers, '^----------------!', '----------j--q');
      acts(helpers, '                                     ------H', verbs(client));
      helpers.expectObservable(order$).toBe('             -(MI)-(SH)N--S---E');
    });
  });

  it('makes our own wait, and says nothing of a hold that came after the answer', () => {
    marbles(helpers => {
      const link = '                                              ^----------------!';
      const { client, order$, status$ } = talking(helpers, link, '------j----+--q');
      const outcome$ = outcomes(helpers, '                        --------H', verbs(client));
      helpers.expectObservable(order$).toBe('                          -(MI)-B-S--H--S--E');
      helpers.expectObservable(status$).toBe('                         z(ta)---------h--(ez)');
      helpers.expectObservable(outcome$).toBe('                        --------------r', { r: 'right' });
    });
  });

  it('is answered with our hold, to which the far side then has agreed', () => {
    marbles(helpers => {
      const { client, line, status$ } = talking(helpers, '^-------------------!', '----------0--j--+');
      acts(helpers, '                                           ------H', verbs(client));
      const hold$ = line.order$.pipe(
        concatMap(order => (order._tag === 'accept-offer' ? [order.hold ? 'held' : 'open'] : [])),
      );
      helpers.expectObservable(hold$).toBe('                    -------------h', { h: 'held' });
      helpers.expectObservable(status$).toBe('                  z(ta)-----------h---(ez)');
    });
  });

  it('may hold us, and go on', () => {
    marbles(helpers => {
      const { client } = talking(helpers, '^--------------!', '------[---]');
      const held$ = client.session$.pipe(changesOf(({ calls: [call] }) => String(call?.hold.remote)));
      helpers
        .expectObservable(held$, '    ^-------------!')
        .toBe('uf----t---f', { u: 'undefined', f: 'false', t: 'true' });
    });
  });
});

describe('call: DTMF', () => {
  const tonesOf = ({ line }: Phone): Observable<string> =>
    line.order$.pipe(concatMap(order => (order._tag === 'tone' ? [order.tone] : [])));

  it('go one by one, a comma waits 2 s, and the next command waits for all of it', () => {
    marbles(helpers => {
      const told = talking(helpers, '^ 3s !', '', quick);
      const outcome$ = outcomes(helpers, '   ------1---2', {
        1: () => told.client.dtmf(H, '1,2'),
        2: () => told.client.dtmf(H, 'a*'),
      });
      helpers.expectObservable(tonesOf(told)).toBe('------1 1999ms (2A*)');
      helpers.expectObservable(outcome$).toBe('     ------- 1999ms (rr)', { r: 'right' });
    });
  });

  it('wait for the one that plays', () => {
    marbles(helpers => {
      const told = talking(helpers, '^----------------!', '---------.---.');
      const outcome$ = outcomes(helpers, '                 ------1', { 1: () => told.client.dtmf(H, '15') });
      helpers.expectObservable(tonesOf(told)).toBe('              ------1--5');
      helpers.expectObservable(outcome$).toBe('                   -------------r', { r: 'right' });
    });
  });

  it('that are none are refused, and nothing is sent', () => {
    marbles(helpers => {
      const told = talking(helpers, '^----------------!', '');
      const outcome$ = outcomes(helpers, '------1', { 1: () => told.client.dtmf(H, '5E') });
      helpers.expectObservable(tonesOf(told)).toBe('-');
      helpers.expectObservable(outcome$).toBe('  ------i', { i: 'invalid-dtmf' });
    });
  });

  it('that fail take the rest of their command with them, and no digit stands in the fault', () => {
    const tone: Replies['tone'] = order => (order.tone === '1' ? [failed(order, 'unsupported')] : quick.tone(order));
    marbles(helpers => {
      const told = talking(helpers, '^----------------!', '', { ...quick, tone });
      const outcome$ = outcomes(helpers, '------1--2', {
        1: () => told.client.dtmf(H, '12'),
        2: () => told.client.dtmf(H, '34'),
      });
      helpers.expectObservable(tonesOf(told)).toBe('------1--(34)');
      helpers.expectObservable(outcome$).toBe('    ------u--r', { u: 'unsupported', r: 'right' });
    });
  });

  it('of the far side are events', () => {
    marbles(helpers => {
      const { client } = talking(helpers, '^--------------!', '------*---*');
      const tone$ = client.callEvent$.pipe(concatMap(event => (event._tag === 'dtmf' ? [event.tone] : [])));
      helpers.expectObservable(tone$).toBe('           ------5---5');
    });
  });
});

describe('call: offer/answer properties', () => {
  const moment = { at: 0, random: 0.5 };
  const settings = { input: { volume: 1, processing: true }, output: { volume: 1 } };
  const inputs: Readonly<Record<string, CallInput>> = {
    mute: { _tag: 'mute', command: 'm', on: true },
    unmute: { _tag: 'mute', command: 'm', on: false },
    hold: { _tag: 'hold', command: 'h', on: true },
    unhold: { _tag: 'hold', command: 'h', on: false },
    input: { _tag: 'adjust', command: 'i', side: 'input', patch: { id: 'headset' } },
    'input done': { _tag: 'output-done', ref: '', result: right({}) },
    'input failed': { _tag: 'output-done', ref: '', result: left({ fault: fault('mic-missing') }) },
    agreed: { _tag: 'change-done', result: right(undefined) },
    pending: { _tag: 'change-done', result: left({ fault: fault('busy', { statusCode: 491 }) }) },
    refused: { _tag: 'change-done', result: left({ fault: fault('refused') }) },
    again: { _tag: 'retry-negotiation' },
    offered: { _tag: 'offered', call: H, offer: 'o' },
    acknowledged: { _tag: 'accept-offer-done', result: right(undefined) },
    unacknowledged: { _tag: 'accept-offer-done', result: left({ fault: fault('timeout') }) },
  };

  type History = {
    readonly record: CallState;
    readonly live: boolean;
    readonly out: number;
    readonly commands: number;
    readonly settled: number;
  };

  /** An answer comes only to what has been asked. */
  const isPossible = ({ record, out }: History, name: string): boolean => {
    if (['agreed', 'pending', 'refused'].includes(name)) return out > 0;
    if (name === 'again') return record.backingOff;
    return name.endsWith('acknowledged') ? record.lock === 'remote' : true;
  };

  const inputOf = (record: CallState, name: string): CallInput => {
    const input = inputs[name]!;
    return input._tag === 'output-done' ? { ...input, ref: Object.keys(record.adjusting)[0] ?? '' } : input;
  };

  const next = (before: History, name: string): History => {
    if (!isPossible(before, name)) return before;
    const input = inputOf(before.record, name);
    const { state, orders, outcomes } = stepCall(before.record, input, moment);
    const voices = orders.flatMap(order => (order._tag === 'voice' ? [order.live] : []));
    const asked = orders.filter(order => order._tag === 'change').length;
    return {
      record: state,
      live: voices.at(-1) ?? before.live,
      out: before.out + asked - (input._tag === 'change-done' ? 1 : 0),
      commands: before.commands + ('command' in input ? 1 : 0),
      settled: before.settled + outcomes.length,
    };
  };

  const active: CallInput[] = [
    { _tag: 'prepare-done', result: right({}) },
    { _tag: 'ice-deadline' },
    { _tag: 'accepted', call: H },
  ];
  const begun = dial(
    { target: '101', headers: {} },
    { id: H, line: 'l', ...settings },
    {
      command: 'b',
      parallel: true,
      patience: 1,
      traits: {
        outlivesLine: false,
        signalling: 'line',
        mediaLost: 'end',
        transfers: false,
        texts: false,
        keys: 'single',
      },
      onRedirect: 'show',
      recovery: 60_000,
    },
    moment,
  );
  const record = active.reduce((now, input) => stepCall(now, input, moment).state, begun.state);
  const start: History = { record, live: true, out: 0, commands: 0, settled: 0 };

  it('our voice is as mute and hold say, one negotiation is out at a time, and each command has one outcome', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...Object.keys(inputs)), { maxLength: 40 }), names => {
        const histories = names.reduce<readonly History[]>((all, name) => [...all, next(all.at(-1)!, name)], [start]);
        for (const { live, out, record: now } of histories) {
          const { hold, muted, status } = now.call;
          expect(live).toBe(!muted && !hold.local);
          expect(out).toBe(now.lock === 'local' ? 1 : 0);
          expect(status).toBe(now.holdAgreed ? 'on_hold' : 'active');
          // The far side's agreement never outlives our silence.
          expect(now.holdAgreed && !hold.local).toBe(false);
        }
        const last = histories.at(-1)!;
        const over = stepCall(last.record, { _tag: 'line-lost' }, moment);
        expect(last.settled + over.outcomes.length).toBe(last.commands);
      }),
      runs(0.2),
    );
  });
});
