import type { Letter } from '../../lib/testing/index.js';
import { linesOf, picksUp, tell, type Story } from './support/story.js';

/*
 * A description within the call has candidates of its own: it leaves by the rules of the first one.
 *
 *     b the connection has failed   j the far side offers   x the line goes
 *     gathering begins: n no server  g STUN  T TURN  R TURN, relays only
 *     h a host candidate  s one by a server   k no more of them   z every server has failed
 */
const letters = {
  '~': { _tag: 'media', call: 'c1', media: 'flowing' },
  b: { _tag: 'media-failed', call: 'c1' },
  g: { _tag: 'gathering', call: 'c1', servers: 'stun', relayOnly: false },
  n: { _tag: 'gathering', call: 'c1', servers: 'none', relayOnly: false },
  T: { _tag: 'gathering', call: 'c1', servers: 'turn', relayOnly: false },
  R: { _tag: 'gathering', call: 'c1', servers: 'turn', relayOnly: true },
  h: { _tag: 'candidate', call: 'c1', kind: 'host' },
  s: { _tag: 'candidate', call: 'c1', kind: 'srflx' },
  k: { _tag: 'gathered', call: 'c1' },
  z: { _tag: 'unreachable', call: 'c1' },
} satisfies Readonly<Record<string, Letter>>;

const restart = '1003 < restart c1 how=ice hold=false';

const stories: readonly { readonly name: string; readonly says: string; readonly told: string }[] = [
  { name: 'no server: 20 ms after the last', says: 'nh 4ms h', told: `${restart}\n 1030 < describe c1` },
  { name: 'STUN: 20 ms after its candidate', says: 'gh 4ms s', told: `${restart}\n 1030 < describe c1` },
  { name: 'STUN that is dead: after 300 ms', says: 'gh', told: `${restart}\n 1305 < describe c1` },
  { name: 'TURN that is dead: after two seconds', says: 'Th', told: `${restart}\n 3005 < describe c1` },
  { name: 'servers that have all failed', says: 'Th 98ms z', told: `${restart}\n 1104 < describe c1` },
  { name: 'nothing more to come', says: 'Th 98ms k', told: `${restart}\n 1104 < describe c1` },
  { name: 'no candidate at all: after five seconds', says: 'g', told: `${restart}\n 6004 < describe c1` },
  { name: 'a relay that never comes', says: 'Rh', told: `${restart}\n 6004 < describe c1` },
];

const scene: Omit<Story, 'says'> = {
  acts: '-I',
  table: { I: client => client.invite('101') },
  letters,
  replies: { ...picksUp, restart: () => [], 'accept-offer': () => [], recover: () => [] },
  since: 1_000,
  seconds: 10,
};

describe('call: a description within the call is sent', () => {
  it.each(stories)('$name', ({ says, told }) => {
    const story: Story = { ...scene, says: `--~ 1s b${says}` };
    expect(tell(story).filter(line => line.includes('<'))).toEqual(linesOf(told));
  });

  it.each([
    { name: 'with an answer that is being made', says: 'jgh', told: ['1305 < describe c1'] },
    { name: 'with a question whether the call still is', says: 'x 4s gh', told: ['5305 < describe c1'] },
    { name: 'but not where none is being made', says: 'gh', told: [] },
  ])('$name', ({ says, told }) => {
    const story: Story = { ...scene, says: `--~ 1s ${says}` };
    expect(tell(story).filter(line => line.includes('describe'))).toEqual(told);
  });
});
