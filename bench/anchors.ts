import { fork, type ChildProcess } from 'node:child_process';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { Anchor, Party } from '../server/lib/voice/model.js';
import { createMixer } from '../server/lib/voice/mixer.js';
import { loadAnchors } from '../server/lib/voice/wrtc.js';
import type { FromCallers, Heard, ToCallers } from './callers.js';

/** What so many calls at a time, each of two anchors, cost and lose. A frame is 10 ms for one leg. */
export type Anchored = {
  readonly calls: number;
  readonly seconds: number;
  /** What the clock says that all legs say, and what was heard from them and played to them. */
  readonly due: number;
  readonly framesIn: number;
  readonly framesOut: number;
  /** Packets that never came to a far end. */
  readonly lost: number;
  /** Frames that the far ends had to make up. */
  readonly concealed: number;
  /** Of one core, in percent: the process of the anchors, and that of the far ends. */
  readonly cpu: number;
  readonly farCpu: number;
  /** The longest that a timer was late, in ms. */
  readonly stall: number;
};

const pause = (ms: number): Promise<void> => new Promise(resolve => setTimeout(resolve, ms));

/** The anchor as the table sees it, with its frames counted. */
const counted = (anchor: Anchor, counts: { in: number; out: number }): Party => ({
  play: frame => {
    counts.out += 1;
    anchor.play(frame);
  },
  hear: listener =>
    anchor.hear(frame => {
      counts.in += 1;
      listener(frame);
    }),
});

const readings = (child: ChildProcess): Promise<FromCallers & { readonly say: 'read' }> =>
  new Promise(resolve => {
    const hear = (message: FromCallers): void => {
      if (message.say !== 'read') return;
      child.off('message', hear);
      resolve(message);
    };
    child.on('message', hear);
    child.send({ say: 'read' } satisfies ToCallers);
  });

const sumOf = (heard: readonly Heard[], field: keyof Heard): number => heard.reduce((sum, one) => sum + one[field], 0);

/** Far ends call in from another process, two sit in a room each, and after a while everything is counted for so long. */
export const anchorings = async (calls = 8, seconds = 20): Promise<Anchored> => {
  const openAnchor = await loadAnchors();
  if (!openAnchor) throw new Error('there is no @roamhq/wrtc here');
  const table = createMixer();
  const counts = { in: 0, out: 0 };
  const child = fork('bench/callers.ts', { execArgv: ['--import', 'tsx'] });
  const anchors: Anchor[] = [];
  const seats: { leave(): void }[] = [];
  await new Promise<void>((resolve, reject) => {
    const join = async (at: number, sdp: string): Promise<void> => {
      const anchor = openAnchor({ towards: 'service', lost: () => undefined });
      anchors.push(anchor);
      seats.push(table.enter(`call ${Math.floor(at / 2)}`, counted(anchor, counts)));
      child.send({ say: 'answer', at, sdp: await anchor.answer(sdp) } satisfies ToCallers);
      if (at === calls * 2 - 1) resolve();
    };
    child.on('message', (message: FromCallers) => {
      if (message.say === 'offer') join(message.at, message.sdp).catch(reject);
    });
    child.send({ say: 'open', count: calls * 2 } satisfies ToCallers);
  });
  await pause(5_000);

  const before = await readings(child);
  const [framesIn, framesOut] = [counts.in, counts.out];
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  const cpu = process.cpuUsage();
  const began = performance.now();
  await pause(seconds * 1000);
  const ms = performance.now() - began;
  const { user, system } = process.cpuUsage(cpu);
  const now = { in: counts.in, out: counts.out };
  delay.disable();
  const after = await readings(child);

  for (const seat of seats) seat.leave();
  for (const anchor of anchors) anchor.close();
  child.disconnect();
  return {
    calls,
    seconds,
    due: Math.round((ms / 10) * calls * 2),
    framesIn: now.in - framesIn,
    framesOut: now.out - framesOut,
    lost: sumOf(after.heard, 'lost') - sumOf(before.heard, 'lost'),
    concealed: Math.max(0, Math.round(sumOf(after.heard, 'concealed') - sumOf(before.heard, 'concealed'))),
    cpu: (user + system) / 10 / ms,
    farCpu: ((after.cpu - before.cpu) / ms) * 100,
    stall: delay.max / 1e6,
  };
};
