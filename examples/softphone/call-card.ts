import type { Call, CallEvent, Client } from 'callstream';
import {
  combineLatest,
  distinct,
  distinctUntilChanged,
  filter,
  fromEvent,
  map,
  merge,
  mergeMap,
  of,
  scan,
  switchMap,
  timer,
  withLatestFrom,
  type Observable,
} from 'rxjs';
import { cardView, type CardView } from './card-view.js';
import { consentBox } from './consent-box.js';
import { attribute, click$, drawn, mounted, shown, text, type Piece } from './dom.js';
import { isKey } from './keypad.js';
import { levelsView } from './levels-view.js';
import { qualityView } from './quality-view.js';
import { servicePanel } from './service-panel.js';
import { isTalk, isWaiting, type Shown } from './shown-calls.js';
import { transferForm } from './transfer-form.js';
import { clock, lineNameOf, nameOf, numberOf, qualityOf, statusOf } from './words.js';

const isTone = (event: CallEvent): event is Extract<CallEvent, { _tag: 'dtmf' }> => event._tag === 'dtmf';

const draw = (view: CardView, call: Call): void => {
  const answerable = isWaiting(call);
  const ended = call.status === 'terminated';
  const talking = isTalk(call);
  attribute(view.card, 'data-call', call.id);
  attribute(view.card, 'data-line', call.line);
  attribute(view.card, 'data-status', call.status);
  attribute(view.card, 'data-direction', call.direction);
  attribute(view.card, 'data-media', call.media);
  attribute(view.card, 'data-signalling', call.signalling);
  text(view.name, nameOf(call));
  text(view.number, numberOf(call));
  text(view.line, lineNameOf(call));
  text(view.status, statusOf(call));
  text(view.quality, qualityOf(call));
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

/** What is written into a field of the card is no key of the telephone. */
const isWritten = ({ target }: Event): boolean => target instanceof HTMLInputElement;

/** One call, with what one can do to it in its present state. */
export const callCard = (parent: Element, client: Client, key: string, shown$: Observable<Shown>): Piece => {
  const view = cardView(key);
  const call$ = shown$.pipe(
    map(({ call }) => call),
    distinctUntilChanged(),
  );
  /** What is done to the call, each time that this emits. */
  const done = <A>(source$: Observable<A>, command: (id: string, value: A) => Piece): Piece =>
    source$.pipe(
      withLatestFrom(call$),
      mergeMap(([value, { id }]) => command(id, value)),
    );
  const pressed$ = (node: HTMLElement): Observable<boolean> =>
    click$(node).pipe(map(() => node.getAttribute('aria-pressed') === 'true'));

  const tone$ = merge(
    view.pad.key$,
    fromEvent<KeyboardEvent>(view.card, 'keydown').pipe(
      filter(event => isKey(event) && !isWritten(event) && !view.keys.hidden),
      map(({ key: pressed }) => pressed),
    ),
  );
  const received$ = client.callEvent$.pipe(
    filter(isTone),
    withLatestFrom(call$),
    filter(([{ call }, { id }]) => call === id),
    scan((tones, [{ tone }]) => tones + tone, ''),
  );
  // Who is refused is refused on both lines, also where the other one begins to ring a moment later.
  const refused$ = combineLatest([shown$, click$(view.refuse)]).pipe(
    mergeMap(([{ calls }]) => calls.filter(isWaiting)),
    distinct(({ id }) => id),
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
    consentBox(view.asked, client, call$),
    qualityView(view.sound, client, call$),
    levelsView(view.sound, client, call$),
    transferForm(view.handing, view.transfer, client, call$, key),
    servicePanel(view.more, client, call$),
    refused$.pipe(mergeMap(({ id }) => client.reject(id))),
    done(click$(view.answer), id => client.answer(id)),
    done(click$(view.hangup), id => client.hangup(id)),
    done(pressed$(view.mute), (id, on) => client.mute(id, !on)),
    done(pressed$(view.hold), (id, on) => (on ? client.unhold(id) : client.hold(id))),
    done(tone$, (id, tone) => client.dtmf(id, tone)),
  );
};
