import type { Call, CallEvent, Client } from 'callstream';
import { distinctUntilChanged, filter, fromEvent, map, merge, mergeMap, of, scan, switchMap, timer } from 'rxjs';
import type { Observable } from 'rxjs';
import { cardView, type CardView } from './card-view.js';
import { attribute, click$, drawn, mounted, shown, text, type Piece } from './dom.js';
import { isKey } from './keypad.js';
import { clock, nameOf, numberOf, statusOf } from './words.js';

const isTone = (event: CallEvent): event is Extract<CallEvent, { _tag: 'dtmf' }> => event._tag === 'dtmf';

const draw = (view: CardView, call: Call): void => {
  const answerable = call.direction === 'incoming' && (call.status === 'ringing' || call.status === 'trying');
  const ended = call.status === 'terminated';
  const talking = call.status === 'active' || call.status === 'on_hold';
  attribute(view.card, 'data-status', call.status);
  attribute(view.card, 'data-direction', call.direction);
  attribute(view.card, 'data-media', call.media);
  text(view.name, nameOf(call));
  text(view.number, numberOf(call));
  text(view.status, statusOf(call));
  shown(view.answer, answerable);
  shown(view.refuse, answerable);
  shown(view.mute, talking);
  shown(view.hold, talking);
  // Tones may be needed before the answer: a menu that speaks as early media asks for them.
  shown(view.keys, talking || call.earlyMedia);
  shown(view.hangup, !answerable && !ended);
  attribute(view.mute, 'aria-pressed', String(call.muted));
  attribute(view.hold, 'aria-pressed', String(call.hold.local));
  if (view.keys.hidden) expand(view, false);
};

const expand = ({ keys, drawer }: CardView, on: boolean): void => {
  attribute(keys, 'aria-expanded', String(on));
  shown(drawer, on);
};

/** The duration of the conversation: a clock on the page, not in the state. */
const duration$ = (call$: Observable<Call>): Observable<string> =>
  call$.pipe(
    distinctUntilChanged((a, b) => a.answeredAt === b.answeredAt && a.endedAt === b.endedAt),
    switchMap(({ answeredAt, endedAt }) => {
      if (answeredAt === undefined) return of('');
      if (endedAt !== undefined) return of(clock(endedAt - answeredAt));
      return timer(0, 1000).pipe(map(() => clock(Date.now() - answeredAt)));
    }),
  );

/** One call, with what one can do to it in its present state. */
export const callCard = (parent: Element, client: Client, id: string, call$: Observable<Call>): Piece => {
  const view = cardView(id);
  const pressed$ = (node: HTMLElement): Observable<boolean> =>
    click$(node).pipe(map(() => node.getAttribute('aria-pressed') === 'true'));

  const tone$ = merge(
    view.pad.key$,
    fromEvent<KeyboardEvent>(view.card, 'keydown').pipe(
      filter(event => isKey(event) && !view.keys.hidden),
      map(({ key }) => key),
    ),
  );
  const received$ = client.callEvent$.pipe(
    filter(isTone),
    filter(({ call }) => call === id),
    scan((tones, { tone }) => tones + tone, ''),
  );

  return mounted(
    parent,
    view.card,
    drawn(call$, call => {
      draw(view, call);
    }),
    drawn(duration$(call$), words => {
      text(view.time, words);
    }),
    drawn(received$, tones => {
      text(view.received, `They pressed ${tones}`);
    }),
    drawn(click$(view.keys), () => {
      expand(view, view.drawer.hidden);
    }),
    drawn(tone$, tone => {
      text(view.sent, view.sent.value.concat(tone).slice(-24));
    }),
    // These take the pressed button away with them; the card keeps the focus, not the start of the page.
    drawn(merge(click$(view.answer), click$(view.refuse), click$(view.hangup)), () => {
      view.card.focus();
    }),
    click$(view.answer).pipe(mergeMap(() => client.answer(id))),
    click$(view.refuse).pipe(mergeMap(() => client.reject(id))),
    click$(view.hangup).pipe(mergeMap(() => client.hangup(id))),
    pressed$(view.mute).pipe(mergeMap(on => client.mute(id, !on))),
    pressed$(view.hold).pipe(mergeMap(on => (on ? client.unhold(id) : client.hold(id)))),
    tone$.pipe(mergeMap(tone => client.dtmf(id, tone))),
  );
};
