/** `npm run bench`: every figure of the README beside its peer, measured in one run. Fails when a goal is missed. */
import { cpus } from 'node:os';
import { anchorings } from './anchors.js';
import { costs } from './calls.js';
import { decodings } from './decode.js';
import { fanOuts } from './fanout.js';
import { growths } from './growth.js';
import { imports } from './imports.js';
import { invites } from './invite.js';
import { sizes } from './sizes.js';
import { timelines } from './timeline.js';
import { wires } from './wire.js';

const median = (values: readonly number[]): number => {
  if (values.length === 0) throw new Error('a peer is missing: nothing to compare with');
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)]!;
};

/** Three digits are enough, in groups of three. */
const thousands = (value: number): string => {
  const unit = 10 ** Math.max(0, Math.floor(Math.log10(value)) - 2);
  return (Math.round(value / unit) * unit).toLocaleString('en-US').replaceAll(',', ' ');
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

  console.log('\n| import, net of an empty module | ms | budget | held |\n|---|---:|---:|---|');
  for (const { name, ms, budget } of await imports())
    console.log(
      `| ${name} | ${ms.toFixed(1)} | ${budget ?? ''} | ${budget === undefined ? '' : goal(`import of ${name}`, ms <= budget)} |`,
    );

  console.log('\n| frames decoded | a second | share of JSON.parse | goal | held |\n|---|---:|---:|---:|---|');
  for (const { name, perSecond, ratio } of decodings())
    console.log(
      `| ${name} | ${thousands(perSecond)} | ${ratio.toFixed(2)} | ≥ 0.80 | ${goal(`decoding ${name}`, ratio >= 0.8)} |`,
    );

  console.log('\n| fan-out | events a second | goal | held |\n|---|---:|---:|---|');
  for (const { name, perSecond } of fanOuts()) {
    const held = name.endsWith('ours') ? goal('fan-out', perSecond >= 5_000_000) : '';
    console.log(`| ${name} | ${thousands(perSecond)} | ${held === '' ? '' : '≥ 5 000 000'} | ${held} |`);
  }

  console.log('\n| growth of a cost, µs | amount: cost | limit | held |\n|---|---|---:|---|');
  for (const { name, costs, limit } of await growths()) {
    const [first, last] = [costs[0]![1], costs.at(-1)![1]];
    const row = costs.map(([amount, us]) => `${thousands(amount)}: ${us.toFixed(1)}`).join(', ');
    console.log(`| ${name} | ${row} | × ${limit} | ${goal(name, last <= first * limit)} |`);
  }

  const { ms, growth } = timelines();
  console.log(
    `\n100 000 events, a snapshot for each: ${ms.toFixed(1)} ms (goal ≤ 150): ${goal('timeline', ms <= 150)}\n`,
  );
  console.log('| timeline | events | ns an event |\n|---|---:|---:|');
  for (const { name, events, ns } of growth) console.log(`| ${name} | ${thousands(events)} | ${ns.toFixed(0)} |`);

  const [limit, ours, existing] = await wires();
  console.log(
    "\n| socket to subscriber | events for a second of the client's CPU | ratio of ours | goal | held |\n|---|---:|---:|---:|---|",
  );
  for (const [peer, least] of [
    [limit, 0.6],
    [existing, 8],
  ] as const) {
    if (peer === undefined || ours === undefined) continue;
    const ratio = ours.perCpuSecond / peer.perCpuSecond;
    console.log(
      `| ${peer.name} | ${thousands(peer.perCpuSecond)} | ${ratio.toFixed(2)} | ≥ ${least} | ${goal(`socket to subscriber against ${peer.name}`, ratio >= least)} |`,
    );
  }
  if (ours !== undefined) console.log(`| ${ours.name} | ${thousands(ours.perCpuSecond)} | | | |`);
  if (existing === undefined) console.log('The existing client could not be installed here: nothing to compare with.');

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

  const { ours: mine, stock: peer } = await costs();
  const { base, now, seconds } = mine.rest;
  console.log("\n| SIP calls without media | ours | sip.js's UserAgent | goal | held |\n|---|---:|---:|---|---|");
  console.log(
    `| CPU for one call, both ends | ${mine.cpu.toFixed(1)} ms | ${peer.cpu.toFixed(1)} ms | below sip.js | ${goal('CPU for one call', mine.cpu < peer.cpu)} |`,
  );
  console.log(
    `| heap after 1000 calls, of what it was before | ${((now / base) * 100).toFixed(1)} % after ${seconds.toFixed(0)} s | ${((peer.rest.now / peer.rest.base) * 100).toFixed(1)} % after ${peer.rest.seconds.toFixed(0)} s | ≤ 105 % within 40 s | ${goal('heap after 1000 calls', now <= base * 1.05)} |`,
  );
  console.log(
    `| heap of one end of a call that stands | ${kb(mine.live)} kB | ${kb(peer.live)} kB | ≤ 30 kB | ${goal('heap of a live call', mine.live <= 30_000)} |`,
  );

  const anchored = await anchorings();
  const whole = anchored.framesIn >= anchored.due && anchored.framesOut >= anchored.due && anchored.lost === 0;
  console.log(
    `\n${anchored.calls} anchored calls, ${anchored.seconds} s | frames due ${thousands(anchored.due)} | in ${thousands(anchored.framesIn)} | out ${thousands(anchored.framesOut)} | packets lost ${anchored.lost} | made up ${anchored.concealed} | CPU ${anchored.cpu.toFixed(0)} %, far ends ${anchored.farCpu.toFixed(0)} % | longest stall ${anchored.stall.toFixed(0)} ms | not a frame lost: ${goal('eight anchored calls', whole)}`,
  );

  if (missed.length > 0) throw new Error(`missed: ${missed.join(', ')}`);
};

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
