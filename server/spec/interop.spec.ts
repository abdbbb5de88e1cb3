/** A stock sip.js user agent, which nobody here wrote, finds its way through the server. */
import { Inviter, Registerer, RegistererState, SessionState, UserAgent, type Invitation, type Session } from 'sip.js';
import { WebSocket } from 'ws';
import { house } from './support/house.js';

const agents: UserAgent[] = [];

beforeAll(() => {
  Object.assign(globalThis, { WebSocket });
});
// Before the server of `home` closes: an agent says goodbye and waits for the answer.
afterEach(async () => {
  await Promise.all(agents.splice(0).map(agent => agent.stop()));
});
const home = house();

/** No media: descriptions are a word each way. */
const handler = (): ReturnType<NonNullable<UserAgent['configuration']['sessionDescriptionHandlerFactory']>> => ({
  close: () => undefined,
  getDescription: () => Promise.resolve({ body: 'word', contentType: 'application/sdp' }),
  hasDescription: () => true,
  rollbackDescription: () => Promise.resolve(),
  setDescription: () => Promise.resolve(),
  sendDtmf: () => false,
});

async function agent(name: string, onInvite: (invitation: Invitation) => void = () => undefined): Promise<UserAgent> {
  const { server } = home();
  const { username, password, realm } = server.user(name);
  const one = new UserAgent({
    uri: UserAgent.makeURI(`sip:${username}@${realm}`)!,
    authorizationUsername: username,
    authorizationPassword: password,
    transportOptions: { server: server.wsUrl },
    sessionDescriptionHandlerFactory: handler,
    delegate: { onInvite },
    logLevel: 'error',
    logBuiltinEnabled: false,
  });
  agents.push(one);
  await one.start();
  const registerer = new Registerer(one);
  const registered = new Promise<void>(resolve => {
    registerer.stateChange.addListener(state => {
      if (state === RegistererState.Registered) resolve();
    });
  });
  await registerer.register();
  await registered;
  return one;
}

const reached = (session: Session, wanted: SessionState): Promise<void> =>
  new Promise(resolve => {
    session.stateChange.addListener(state => {
      if (state === wanted) resolve();
    });
  });

describe('server with stock sip.js', () => {
  it('registers, calls, is answered, and hangs up', async () => {
    const { server } = home();
    const alice = await agent('alice');
    let ended: Promise<void> | undefined;
    await agent('bob', invitation => {
      ended = reached(invitation, SessionState.Terminated);
      void invitation.accept();
    });
    expect(server.registrations('bob')).toHaveLength(1);
    const call = new Inviter(alice, UserAgent.makeURI(`sip:101*102@${server.realm}`)!);
    const up = reached(call, SessionState.Established);
    await call.invite();
    await up;
    await call.bye();
    await ended;
    expect(call.state).toBe(SessionState.Terminated);
  });

  it('cancels before the answer', async () => {
    const { server } = home();
    const alice = await agent('alice');
    const call = new Inviter(alice, UserAgent.makeURI(`sip:bob@${server.realm}`)!);
    let rang: (invitation: Invitation) => void = () => undefined;
    const ringing = new Promise<Invitation>(resolve => (rang = resolve));
    await agent('bob', invitation => {
      rang(invitation);
    });
    const over = reached(call, SessionState.Terminated);
    await call.invite();
    const invitation = await ringing;
    const stopped = reached(invitation, SessionState.Terminated);
    await call.cancel();
    await Promise.all([over, stopped]);
    expect(server.log.some(({ method, status }) => method === 'INVITE' && status === 487)).toBe(true);
  });
});
