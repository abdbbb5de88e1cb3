import { change, snippet, statements, type Program } from './snippet.js';

const logger = 'logger: { readonly info: (text: string) => void; readonly error: (error: unknown) => void }';
const ofSession = 'this: { readonly session: VBotSession }';

const guard = `	if (!session) {
 	   return;
	}

`;
const invited = `	const session = await client.invite(phoneNumber, hotlineNumber).catch(logger.error);
`;

/** Every snippet of the document with what is added around it, and nothing else. */
export const programs = {
  connection: {
    given: 'VBotClient: (access_token: string) => Promise<VBotClient>, access_token: string',
    code: snippet('Connection'),
    gives: 'client',
  },
  account: {
    given: `client: VBotClient, ${logger}`,
    code: snippet('Listen for account connection events'),
  },
  hotlines: {
    given: 'client: VBotClient',
    code: snippet('Retrieve hotline list'),
    gives: 'hotlines',
  },
  call: {
    given: `client: VBotClient, phoneNumber: string, hotlineNumber: string | undefined, ${logger}`,
    // The null check stands before the first use.
    code: change(change(snippet('Make a call'), guard, ''), invited, invited + guard),
  },
  incoming: {
    given: `client: VBotClient, ringer: () => void, ${logger}`,
    // The callback awaits.
    code: change(snippet('Listen for incoming call events'), '(session) => {', 'async (session) => {'),
  },
  events: {
    given: `${ofSession}, ${logger}`,
    code: snippet('Listen for call events'),
  },
} as const satisfies Readonly<Record<string, Program>>;

/** "Actions during a call", each statement as a program of its own that gives the statement's value. */
export const actions: readonly Program[] = statements(snippet('Actions during a call')).map(code => ({
  given: `${ofSession}, client: VBotClient, dataset: { readonly key: string }`,
  code,
}));
