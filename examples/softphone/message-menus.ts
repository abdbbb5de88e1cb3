import { filter, fromEvent, merge, type Observable } from 'rxjs';
import { attribute, drawn } from './dom.js';

const summaries = (list: HTMLElement): readonly HTMLElement[] => [
  ...list.querySelectorAll<HTMLElement>('.menu:not([hidden]) > summary'),
];

/** One stop for the Tab key, however many messages there are: the newest. From there the arrows lead up and down. */
export const oneStop = (list: HTMLElement): void => {
  const all = summaries(list);
  all.forEach((summary, place) => {
    attribute(summary, 'tabindex', place === all.length - 1 ? '0' : '-1');
  });
};

const menuOf = ({ target }: Event): HTMLDetailsElement | undefined =>
  (target instanceof Element ? target.closest<HTMLDetailsElement>('.menu') : undefined) ?? undefined;

const step = (key: string): number => ['ArrowUp', '', 'ArrowDown'].indexOf(key) - 1;

const move = (list: HTMLElement, menu: HTMLDetailsElement, event: KeyboardEvent): void => {
  const all = summaries(list);
  const next = all[all.findIndex(({ parentNode }) => parentNode === menu) + step(event.key)];
  if (!next) return;
  event.preventDefault();
  menu.open = false;
  next.focus();
};

/** The menus of messages: one closes when something else is looked at, or with Escape. */
export const messageMenus = (list: HTMLElement): Observable<never> => {
  const key$ = fromEvent<KeyboardEvent>(list, 'keydown');
  return merge(
    drawn(fromEvent<FocusEvent>(list, 'focusout'), event => {
      const menu = menuOf(event);
      if (menu && event.relatedTarget instanceof Node && !menu.contains(event.relatedTarget)) menu.open = false;
    }),
    drawn(key$.pipe(filter(({ key }) => key === 'Escape')), event => {
      const menu = menuOf(event);
      if (!menu?.open) return;
      menu.open = false;
      menu.querySelector('summary')?.focus();
    }),
    drawn(key$.pipe(filter(({ key }) => key === 'ArrowUp' || key === 'ArrowDown')), event => {
      const menu = menuOf(event);
      if (menu) move(list, menu, event);
    }),
  );
};
