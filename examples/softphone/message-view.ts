import { contentView } from './content-view.js';
import { attribute, el, shown, text } from './dom.js';
import { icon } from './icons.js';
import type { Kept } from './keyed.js';
import type { Row, Said } from './rows.js';
import { faultOf, timeOf } from './words.js';

/** A button says with `data-do` what it is for: one listener on the list serves a thousand messages. */
const action = (name: string, label: string): HTMLButtonElement =>
  el('button', { type: 'button', class: 'quiet', 'data-do': name }, label);

const waitings = { queued: 'Waiting for the line', sending: 'Sending…', sent: 'Sent' } as const;

const progress = ({ unsent, reach }: Said): { readonly step: string; readonly words: string } | undefined => {
  if (unsent === undefined) return reach;
  if (unsent.status !== 'failed') return { step: unsent.status, words: waitings[unsent.status] };
  return { step: 'failed', words: `Not sent. ${unsent.fault === undefined ? '' : faultOf(unsent.fault)}` };
};

const drawingOf = (step: string) => {
  if (step === 'delivered' || step === 'seen') return 'delivered';
  if (step === 'failed' || step === 'refused') return 'failed';
  return step === 'sent' ? 'sent' : 'waiting';
};

/** The row of something that was said: drawn again when it was sent, received, seen or deleted. */
const saidView = (): Kept<Said> => {
  const sender = el('p', { class: 'sender' });
  const body = el('div', { class: 'body' });
  const time = el('time');
  const mark = el('span', { class: 'mark' });
  const reach = el('span', { class: 'reach' }, mark);
  const words = el('span');
  reach.append(words);
  const again = action('resend', 'Send again');
  const back = action('unsend', 'Take back');
  const menu = el(
    'details',
    { class: 'menu' },
    el('summary', { 'aria-label': 'Message options' }, icon('more')),
    el('div', { class: 'choices' }, action('delete', 'Delete message')),
  );
  const bubble = el('div', { class: 'bubble' }, sender, body, el('p', { class: 'meta' }, time, reach), menu);
  const node = el('li', { class: 'message' }, bubble, el('div', { class: 'actions' }, again, back));
  let drawn: string | undefined;

  return {
    node,
    draw: said => {
      const { key, id, own, follows, at, content, unsent } = said;
      const step = progress(said);
      attribute(node, 'data-key', key);
      attribute(node, 'data-id', id === undefined ? undefined : String(id));
      attribute(node, 'data-own', own ? '' : undefined);
      attribute(node, 'data-follows', follows ? '' : undefined);
      attribute(node, 'data-step', step?.step);
      attribute(node, 'data-deleted', content === undefined ? '' : undefined);

      text(sender, said.sender);
      // A reader who hears the page is told the sender of each message.
      sender.classList.toggle('sr', own || follows);
      // An image that is there already is not fetched again because somebody has seen it.
      const now = JSON.stringify(content);
      if (now !== drawn || body.childElementCount === 0)
        body.replaceChildren(
          content === undefined ? el('p', { class: 'deleted' }, 'This message was deleted') : contentView(content),
        );
      drawn = now;

      const { short, long, iso } = timeOf(at);
      text(time, short);
      attribute(time, 'datetime', iso);
      attribute(time, 'title', long);
      shown(reach, step !== undefined);
      if (step !== undefined) {
        if (mark.dataset['step'] !== step.step) mark.replaceChildren(icon(drawingOf(step.step)));
        attribute(mark, 'data-step', step.step);
        attribute(reach, 'title', step.words);
        text(words, step.words);
        // What came well is an icon; what waits or has failed is said.
        words.classList.toggle('sr', unsent === undefined || unsent.status === 'sent');
      }
      shown(again, unsent?.status === 'failed');
      shown(back, unsent?.status === 'failed' || unsent?.status === 'queued');
      shown(menu, own && id !== undefined && content !== undefined);
      if (menu.hidden) menu.open = false;
    },
  };
};

/** A quiet line between what was said. */
const lineView = (kind: 'happened' | 'missing'): Kept<Row> => {
  const words = el('span');
  const time = el('time');
  const node = el('li', { class: `line-${kind}` }, words, ' ', time);
  return {
    node,
    draw: row => {
      if (row.kind === 'said') return;
      text(words, row.words);
      const at = row.kind === 'happened' ? row.at : undefined;
      shown(time, at !== undefined);
      if (at === undefined) return;
      const { short, long, iso } = timeOf(at);
      text(time, short);
      attribute(time, 'datetime', iso);
      attribute(time, 'title', long);
    },
  };
};

export const rowView = (row: Row): Kept<Row> => {
  if (row.kind !== 'said') return lineView(row.kind);
  const { node, draw } = saidView();
  return {
    node,
    draw: value => {
      if (value.kind === 'said') draw(value);
    },
  };
};
