import { filter, map, type Observable } from 'rxjs';
import { click$, el } from './dom.js';

const keys = [
  ['1', ''],
  ['2', 'abc'],
  ['3', 'def'],
  ['4', 'ghi'],
  ['5', 'jkl'],
  ['6', 'mno'],
  ['7', 'pqrs'],
  ['8', 'tuv'],
  ['9', 'wxyz'],
  ['*', ''],
  ['0', ''],
  ['#', ''],
] as const;

const spoken: Readonly<Record<string, string>> = { '*': 'star', '#': 'hash' };

export type Keypad = { readonly node: HTMLElement; readonly key$: Observable<string> };

/** The twelve keys of a telephone. */
export const keypad = (label: string): Keypad => {
  const buttons = keys.map(([key, letters]) =>
    el(
      'button',
      { type: 'button', class: 'key', 'data-key': key, 'aria-label': spoken[key] ?? key },
      el('span', {}, key),
      el('small', {}, letters),
    ),
  );
  const node = el('div', { class: 'keypad', role: 'group', 'aria-label': label }, ...buttons);
  const key$ = click$(node).pipe(
    map(({ target }) => (target instanceof Element ? target.closest('button')?.dataset['key'] : undefined)),
    filter(key => key !== undefined),
  );
  return { node, key$ };
};

/** Whether a keystroke is one of the keys of a telephone, and nothing that the browser wants for itself. */
export const isKey = ({ key, ctrlKey, metaKey, altKey }: KeyboardEvent): boolean =>
  !ctrlKey && !metaKey && !altKey && /^[0-9*#]$/.test(key);
