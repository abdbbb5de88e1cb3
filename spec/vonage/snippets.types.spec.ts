import { programs } from './support/document.js';
import { complaints, snippet, type Program } from './support/snippet.js';

/** The document's handler with one branch less than there are kinds. */
const forgetful = snippet('on').replace(
  "} else if (event.kind == 'message:undeliverable') {\nconsole.log(`Message undeliverable event ${event.body}`);\n",
  '',
);

/** What the document names without a snippet. */
const named: Readonly<Record<string, Program>> = {
  legStatusUpdate: {
    given: 'client: VonageClient',
    code: `client.on('legStatusUpdate', (callId: string, legId: string, status: string) => [callId, legId, status]);`,
  },
};

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
  status: { given: 'client: VonageClient', code: `client.on('legStatusUpdate', (_, __, status: 'BUSY') => status);` },
  saying: { given: 'client: VonageClient', code: `client.say('C', { loop: 2 });` },
  call: { given: 'client: VonageClient', code: `client.serverCall(7);` },
  change: { given: 'client: VonageClient', code: `client.updateConversation('C', { ttl: some('60') });` },
};

it('every snippet of the document compiles, and nothing but the snippets does', () => {
  expect(forgetful).not.toBe(snippet('on'));
  const found = complaints({ ...programs, ...named, ...mistakes });
  expect(found.filter(complaint => !Object.keys(mistakes).some(name => complaint.startsWith(`${name}:`)))).toEqual([]);
  for (const name of Object.keys(mistakes)) {
    expect(found).toContainEqual(expect.stringMatching(new RegExp(`^${name}: `)));
  }
});
