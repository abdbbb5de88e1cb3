import { letterOf, wordOf, type Beat } from './beats.js';
import { el } from './dom.js';

/** One stream of the strip. */
export type Lane = {
  readonly put: (beat: Beat) => void;
  /** Puts every marble where it would be by now. */
  readonly resume: () => void;
};

/** How long a marble takes from the right edge to the left one; the ruler in strip.ts is marked for it. */
const span = 20_000;
/** The room that a marble takes, in pixels: what happened at once must still be readable. */
const roomOf = ({ status }: Beat): number => (status === 'receipt' || status === 'moment' ? 12 : 28);
/** More than fit in sight. */
const most = 60;

type Bead = { readonly node: HTMLElement; readonly room: number; born: number; pushed: number };

/**
 * Beads that came in a burst push the older ones to the left, as on a string: the newest is always in its true place.
 * `free`: the position, in pixels from the right edge, that the next older bead may not be nearer than.
 */
const spread = (beads: readonly Bead[], width: number, now: number): void => {
  beads.reduceRight((free, bead) => {
    const place = ((now - bead.born) / span) * width;
    const pushed = Math.round(Math.max(0, free - place));
    if (pushed !== bead.pushed) bead.node.style.setProperty('--push', `${-pushed}px`);
    bead.pushed = pushed;
    return place + pushed + bead.room;
  }, 0);
};

const bead = (beat: Beat): HTMLElement => {
  const words = `${wordOf(beat.status)} at ${new Date().toLocaleTimeString()}`;
  const letter = el('span', { class: 'bead', 'aria-hidden': 'true' }, letterOf(beat));
  return el('li', { 'data-status': beat.status, title: words }, letter, el('span', { class: 'sr' }, words));
};

/** A row for a stream. It goes when the stream is over and its last marble has drifted out. */
export const createLane = (parent: Element, { lane, stream, who }: Beat, gone: () => void): Lane => {
  const label = el('div', { class: 'label' }, el('code', {}, stream), el('span', {}, who));
  const track = el('ol', { class: 'track', 'aria-label': who === '' ? stream : `${stream} ${who}` });
  const node = el('div', { class: 'lane', 'data-lane': lane, 'data-stream': stream }, label, track);
  parent.append(node);
  let beads: readonly Bead[] = [];
  let due = 0;

  const keep = (kept: readonly Bead[]): void => {
    beads
      .filter(old => !kept.includes(old))
      .forEach(old => {
        old.node.remove();
      });
    beads = kept;
  };

  const left = (at: Bead): void => {
    // The value of the bead at the left edge still holds; only those before it are history. An event is over at once.
    keep(beads.slice(beads.indexOf(at) + (stream === 'event$' ? 1 : 0)));
    if (at.node.dataset['status'] !== 'complete') return;
    node.remove();
    gone();
  };

  return {
    put: beat => {
      const latest: Bead = { node: bead(beat), room: roomOf(beat), born: performance.now(), pushed: 0 };
      // A busy page shows it, and lets it go, a little later.
      latest.node.addEventListener('animationstart', () => (latest.born = performance.now()), { once: true });
      latest.node.addEventListener('animationend', () => {
        left(latest);
      });
      track.append(latest.node);
      keep([...beads, latest].slice(-most));
      // Once a frame, however many come in it.
      cancelAnimationFrame(due);
      due = requestAnimationFrame(now => {
        spread(beads, track.clientWidth, now);
      });
    },
    resume: () => {
      const now = performance.now();
      beads.forEach(({ node: { style }, born }) => {
        style.setProperty('--age', `${Math.round(born - now)}ms`);
      });
    },
  };
};
