import { concatMap, map, mergeMap, type Observable } from 'rxjs';
import type { Client, Session } from '../../lib/client/model.js';
import { failed, fakeDevices, type Replies } from '../../lib/testing/index.js';
import { phone, quick, type Phone } from '../call/support/phone.js';
import { changesOf, outcomeOf } from '../support/legend.js';
import { acts, marbles } from '../support/marbles.js';
import type { Outcome } from '../../lib/core/port.js';

/** The devices that a call was told to use. */
const toldOf = ({ line }: Phone): Observable<string> =>
  line.order$.pipe(
    concatMap(order => {
      if (order._tag === 'input') return [`in ${order.input.id ?? 'default'} ${order.input.volume}`];
      if (order._tag === 'output') return [`out ${order.output.id ?? 'default'} ${order.output.volume}`];
      return [];
    }),
  );

const inputOf = ({ calls: [call] }: Session): string => (call === undefined ? 'z' : (call.input.id ?? 'default'));

const rows =
  (table: Readonly<Record<string, () => Outcome<unknown>>>) =>
  (letter: string): Observable<string> =>
    table[letter]!().pipe(map(outcomeOf));

const talk = (client: Client): Readonly<Record<string, () => unknown>> => ({ A: () => client.answer('in') });

describe('client: device choice', () => {
  it('is for the calls to come and for the live ones, but for those that have one of their own', () => {
    marbles(helpers => {
      const told = phone(helpers, '^------------!', '-i');
      const { client } = told;
      acts(helpers, '                      --A', talk(client));
      acts(helpers, '                      ----a-b-c-d', {
        a: () => client.chooseInput('desk'),
        b: () => client.chooseInput('headset', { call: 'in' }),
        c: () => client.chooseInput('desk 2'),
        d: () => client.setVolume('input', 0.5),
      });
      helpers.expectObservable(toldOf(told)).toBe('----a-b---d', {
        a: 'in desk 1',
        b: 'in headset 1',
        d: 'in headset 0.5',
      });
      const defaults$ = client.device$.pipe(changesOf(({ input }) => `${input.chosen ?? '-'} ${input.volume}`));
      helpers.expectObservable(defaults$).toBe('   z---a---c-d', {
        z: '- 1',
        a: 'desk 1',
        c: 'desk 2 1',
        d: 'desk 2 0.5',
      });
    });
  });

  it('is what the next call begins with', () => {
    marbles(helpers => {
      const { client, line } = phone(helpers, '^------------!', '');
      acts(helpers, '                                 -a-b-c-I', {
        a: () => client.chooseInput('desk'),
        b: () => client.chooseOutput('horn'),
        c: () => client.chooseInput(undefined),
        I: () => client.invite('101'),
      });
      const begun$ = line.order$.pipe(concatMap(order => (order._tag === 'prepare' ? [order] : [])));
      const what$ = begun$.pipe(map(({ input, output }) => `${input.id ?? 'default'} ${output.id ?? 'default'}`));
      helpers.expectObservable(what$).toBe('           -------p', { p: 'default horn' });
    });
  });

  it('made twice in a row counts once it is done, the last one last', () => {
    marbles(helpers => {
      const told = phone(helpers, '^------------!', '-i');
      const { client } = told;
      acts(helpers, '                              --A', talk(client));
      const outcome$ = helpers.cold('               ----(ab)').pipe(
        mergeMap(
          rows({
            a: () => client.chooseInput('desk', { call: 'in' }),
            b: () => client.chooseInput('headset', { call: 'in' }),
          }),
        ),
      );
      helpers.expectObservable(outcome$).toBe('     ----(rr)', { r: 'right' });
      const input$ = client.session$.pipe(changesOf(inputOf));
      helpers.expectObservable(input$, '^-----------!').toBe('zd--(ab)', {
        z: 'z',
        d: 'default',
        a: 'desk',
        b: 'headset',
      });
    });
  });

  it('that fails leaves everything as it was, and is told on fault$', () => {
    const input: Replies['input'] = order => [failed(order, 'mic-missing')];
    marbles(helpers => {
      const { client, code$ } = phone(helpers, '^------------!', '-i', { replies: { ...quick, input } });
      acts(helpers, '                              --A', talk(client));
      const outcome$ = helpers
        .cold('               ----a')
        .pipe(mergeMap(rows({ a: () => client.chooseInput('desk', { call: 'in' }) })));
      helpers.expectObservable(outcome$).toBe('     ----m', { m: 'mic-missing' });
      helpers.expectObservable(code$).toBe('        ----m', { m: 'mic-missing' });
      const input$ = client.session$.pipe(changesOf(inputOf));
      helpers.expectObservable(input$, '^-----------!').toBe('zd', { z: 'z', d: 'default' });
    });
  });
});

describe('client: device$', () => {
  it('is what the platform says, and which microphone was really opened', () => {
    marbles(helpers => {
      const desk = [{ id: 'desk', label: '' }];
      const devices = fakeDevices({
        report$: helpers.hot('--d--p', {
          d: { _tag: 'devices', inputs: desk, outputs: [] },
          p: { _tag: 'permission', permission: 'prompt' },
        } as const),
      });
      const { client } = phone(helpers, '^------------!', '-i', { devices });
      acts(helpers, '                    --------A', talk(client));
      const seen = '                      ^-----------!';
      const late = '                      ------^-----!';
      const device$ = client.device$.pipe(
        changesOf(({ inputs, permission, input }) => `${inputs.length} ${permission} ${input.actual ?? '-'}`),
      );
      const values = { z: '0 unknown -', d: '1 unknown -', p: '1 prompt -', g: '1 granted microphone' };
      helpers.expectObservable(device$, seen).toBe('z-d--p--g', values);
      helpers.expectObservable(device$, late).toBe('------p-g', values);
    });
  });

  it('asks the person', () => {
    marbles(helpers => {
      const devices = fakeDevices({ reply: order => ('ref' in order ? [failed(order, 'mic-denied')] : []) });
      const { client } = phone(helpers, '^------------!', '', { devices });
      const outcome$ = helpers.cold('--a').pipe(mergeMap(rows({ a: () => client.askPermission() })));
      helpers.expectObservable(outcome$).toBe('--m', { m: 'mic-denied' });
    });
  });

  it('has nobody to ask without a platform', () => {
    marbles(helpers => {
      const { client } = phone(helpers, '^------------!', '');
      const outcome$ = helpers.cold('--a').pipe(mergeMap(rows({ a: () => client.askPermission() })));
      helpers.expectObservable(outcome$).toBe('--u', { u: 'unsupported' });
    });
  });
});
