import { Observable, of } from 'rxjs';
import type { CallEvent, Session } from 'callstream';
import { callEventsOf } from '../../lib/vonage/call-events.js';
import { acts, marbles } from '../support/marbles.js';
import { score, type Score } from './support/score.js';

const talking = (helpers: Parameters<typeof score>[0], report$: string): Score => {
  const made = score(helpers, '^------------------!', report$);
  acts(helpers, '-I', { I: () => made.client.invite('bob') });
  return made;
};

describe('vonage call events', () => {
  it('legStatusUpdate tells how far the others are, as far as the document has words for it', () => {
    marbles(helpers => {
      const { told } = talking(helpers, '              --mo5577-8-9');
      helpers.expectObservable(told('legStatusUpdate')).toBe('----r-a--c', {
        r: ['c1@far', 'LEG-2', 'RINGING'],
        a: ['c1@far', 'LEG-2', 'ANSWERED'],
        c: ['c1@far', 'LEG-2', 'COMPLETED'],
      });
    });
  });

  it('mute tells who is silenced, and who no more', () => {
    marbles(helpers => {
      const { told } = talking(helpers, '   --m27-u-uv');
      helpers.expectObservable(told('mute')).toBe('------y--n', {
        y: ['c1@far', 'LEG-2', true],
        n: ['c1@far', 'LEG-2', false],
      });
    });
  });

  it('earmuff tells who hears nothing, also of oneself', () => {
    marbles(helpers => {
      const { told } = talking(helpers, '      --m2o-e');
      helpers.expectObservable(told('earmuff')).toBe('------y', { y: ['c1@far', 'LEG-1', true] });
    });
  });

  it('dtmf tells which keys were pressed, and by whom', () => {
    marbles(helpers => {
      const { told } = talking(helpers, '   --m27-k-*');
      helpers.expectObservable(told('dtmf')).toBe('------x-y', {
        x: ['c1@far', 'LEG-2', '12#'],
        y: ['c1@far', 'c1@far', '5'],
      });
    });
  });

  it('callTransfer tells where the call goes on; where it began is none', () => {
    marbles(helpers => {
      const { told } = talking(helpers, '           --m2--M-M');
      helpers.expectObservable(told('callTransfer')).toBe('------t', { t: ['c1@far', 'CON-2'] });
    });
  });

  it('nothing is told twice, nor to who comes late', () => {
    marbles(helpers => {
      const { told } = talking(helpers, '--m27-u-k');
      helpers.expectObservable(told('mute'), '  -------^----').toBe('');
    });
  });
});

describe('vonage callEvents operator', () => {
  const event: CallEvent = { _tag: 'dtmf', call: 'c', tone: '1' };
  const session = (ref?: string): Session =>
    ({ calls: [{ id: 'c', ...(ref === undefined ? {} : { ref }) }] }) as unknown as Session;

  it('of a call without a name are nobody’s', () => {
    marbles(({ hot, expectObservable }) => {
      const client = { session$: of(session()), callEvent$: hot('--e', { e: event }) };
      expectObservable(callEventsOf(client, 'dtmf', ref => [ref])).toBe('');
    });
  });

  it('are left as they were found', () => {
    marbles(({ hot, cold, expectObservable, expectSubscriptions }) => {
      const [sessions, events] = [cold('s', { s: session('LEG') }), hot('-e-e-e', { e: event })];
      const told$ = new Observable<string>(viewer =>
        callEventsOf({ session$: sessions, callEvent$: events }, 'dtmf', ref => [ref]).subscribe(viewer),
      );
      expectObservable(told$, '--^-!').toBe('---x', { x: 'LEG' });
      expectSubscriptions(sessions.subscriptions).toBe('--^-!');
      expectSubscriptions(events.subscriptions).toBe('--^-!');
    });
  });
});
