import { programs } from './support/document.js';
import { complaints, methods, snippet, type Program } from './support/snippet.js';

/**
 * What the document shows of calls stands in the next issue, with its methods: `getCallLegs`, `hangup`, `say` (a text,
 * and parameters), `serverCall`, and `legStatusUpdate`, which it names without a snippet.
 */
const calls = ['getCallLegs', 'hangup', 'say', 'serverCall'];

/** The document's handler with one branch less than there are kinds. */
const forgetful = snippet('on').replace(
  "} else if (event.kind == 'message:undeliverable') {\nconsole.log(`Message undeliverable event ${event.body}`);\n",
  '',
);

/** What must not compile: without these, a check that finds nothing would pass too. */
const mistakes: Readonly<Record<string, Program>> = {
  forgetful: { ...programs['on']!, code: forgetful },
  kind: { given: 'event: ConversationEvent', code: `event.kind == 'message:sound';` },
  field: { given: 'event: ConversationEvent', code: `if (event.kind == 'message:text') event.body.imageUrl;` },
  place: { given: 'client: VonageClient', code: `client.sendMessageLocationEvent('C', { latitude: '1' });` },
  order: { given: 'client: VonageClient', code: `client.getConversations({ order: 'newest' });` },
  event: { given: 'client: VonageClient', code: `client.on('nonsense', () => undefined);` },
  listener: { given: 'client: VonageClient', code: `client.off('reconnecting', () => undefined);` },
  region: { given: 'client: VonageClient', code: `client.setConfig({ region: 'XX' });` },
  change: { given: 'client: VonageClient', code: `client.updateConversation('C', { ttl: some('60') });` },
};

it('every snippet of the document compiles, and nothing but the snippets does', () => {
  expect(methods.filter(method => calls.includes(method))).toEqual([]);
  expect(forgetful).not.toBe(snippet('on'));
  const found = complaints({ ...programs, ...mistakes });
  expect(found.filter(complaint => !Object.keys(mistakes).some(name => complaint.startsWith(`${name}:`)))).toEqual([]);
  for (const name of Object.keys(mistakes)) {
    expect(found).toContainEqual(expect.stringMatching(new RegExp(`^${name}: `)));
  }
}, 60_000);
