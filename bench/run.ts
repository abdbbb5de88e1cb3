/** `npm run bench`: every figure of the README beside its peer, measured in one run. Fails when a goal is missed. */
import { cpus } from 'node:os';
import { invites } from './invite.js';
import { sizes } from './sizes.js';

const median = (values: readonly number[]): number => {
  if (values.length === 0) throw new Error('a peer is missing: nothing to compare with');
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)]!;
};

const kb = (bytes: number): string => (bytes / 1000).toFixed(1);

const main = async (): Promise<void> => {
  const missed: string[] = [];
  const goal = (name: string, held: boolean): string => {
    if (!held) missed.push(name);
    return held ? 'yes' : '**no**';
  };

  console.log(
    `callstream bench, ${new Date().toISOString().slice(0, 10)}, Node ${process.version}, ${cpus().length} cores\n`,
  );
  console.log(
    '| bundle (esbuild, minified, gzip -9, rxjs included) | kB | budget | held | bytes of sip.js |\n|---|---:|---:|---|---:|',
  );
  for (const { name, bytes, budget, sipjs } of await sizes()) {
    const held = budget === undefined ? '' : goal(name, bytes <= budget);
    console.log(`| ${name} | ${kb(bytes)} | ${budget === undefined ? '' : kb(budget)} | ${held} | ${sipjs} |`);
    if (name === 'callstream') goal('no byte of sip.js in callstream alone', sipjs === 0);
  }

  console.log(
    '\n| `invite()` → INVITE on the wire, Chromium | ours, median ms (n) | SimpleUser, median ms (n) | ratio | goal | held |\n|---|---:|---:|---:|---|---|',
  );
  for (const { name, ours, stock } of await invites()) {
    const [mine, peer] = [median(ours), median(stock)];
    const dead = name.startsWith('dead');
    const held = goal(name, dead ? mine <= 350 : mine / peer <= 0.25);
    console.log(
      `| ${name} | ${mine.toFixed(0)} (${ours.length}) | ${peer.toFixed(0)} (${stock.length}) | ${(mine / peer).toFixed(3)} | ${dead ? '≤ 350 ms' : '≤ 0.25'} | ${held} |`,
    );
  }

  if (missed.length > 0) throw new Error(`missed: ${missed.join(', ')}`);
};

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
