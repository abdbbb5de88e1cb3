import { actions, programs } from './support/document.js';
import { complaints, snippet, type Program } from './support/snippet.js';

const numbered = Object.fromEntries(actions.map((action, at) => [`action${at}`, action]));

/** What must not compile: without these, a check that finds nothing would pass too. */
const mistakes: Readonly<Record<string, Program>> = {
  event: { given: 'client: VBotClient', code: `client.on('nonsense', () => undefined);` },
  payload: { given: 'client: VBotClient', code: `client.on('statusUpdate', (status: number) => status);` },
  status: { given: 'session: VBotSession', code: `session.on('statusUpdate', s => s === 'connected');` },
  progress: { given: 'session: VBotSession', code: `session.on('progressUpdate', p => p.statusCode);` },
  setting: { given: 'session: VBotSession', code: `session.media.setInput({ gain: 1 });` },
  readonly: { given: 'session: VBotSession', code: `session.phoneNumber = '1';` },
  unguarded: { ...programs.call, code: snippet('Make a call') },
};

it('every snippet of the document compiles, and nothing but the snippets does', () => {
  const found = complaints({ ...programs, ...numbered, ...mistakes });
  expect(found.filter(complaint => !Object.keys(mistakes).some(name => complaint.startsWith(`${name}.ts`)))).toEqual(
    [],
  );
  for (const name of Object.keys(mistakes)) {
    expect(found).toContainEqual(expect.stringMatching(new RegExp(`^${name}\\.ts: `)));
  }
});
