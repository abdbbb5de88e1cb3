/** The document's own API and nothing else: `VBotClient`, its listeners and its promises. */
import { VBotClient, type VBotSession } from 'callstream/vbot';
import { attribute, el, part } from './dom.js';

const user = new URLSearchParams(location.search).get('user') ?? 'alice';

const log = el('ol', { id: 'log', 'aria-label': 'What happened', 'aria-live': 'polite' });
const say = (about: string, what: string): void => {
  log.append(el('li', { 'data-about': about, 'data-what': what }, `${about}: ${what}`));
};

/** What a button does is awaited, and what becomes of it is said. */
const button = (label: string, act: () => Promise<unknown>): HTMLButtonElement => {
  const node = el('button', { type: 'button' }, label);
  node.addEventListener('click', () => {
    act().then(
      () => {
        say(label, 'done');
      },
      (error: unknown) => {
        say(label, error instanceof Error ? error.message : String(error));
      },
    );
  });
  return node;
};

/** One call, with a button for each action of the document. */
const panel = (session: VBotSession): HTMLElement => {
  const digit = el('input', { 'aria-label': 'Keys', value: '5' });
  const mute = button('mute', () => {
    session.media.input.muted = !session.media.input.muted;
    attribute(mute, 'aria-pressed', String(session.media.input.muted));
    return Promise.resolve();
  });
  return el(
    'section',
    { class: 'card', 'aria-label': `Call with ${session.phoneNumber}`, 'data-number': session.phoneNumber },
    el('h3', {}, session.displayName ?? session.phoneNumber),
    el(
      'div',
      { class: 'controls' },
      button('accept', () => session.accept()),
      button('reject', () => session.reject()),
      button('cancel', () => session.cancel()),
      button('terminate', () => session.terminate()),
      button('hold', () => session.hold()),
      button('unhold', () => session.unhold()),
      mute,
      digit,
      button('dtmf', () =>
        session.dtmf(digit.value) ? Promise.resolve() : Promise.reject(new Error('these keys cannot be sent')),
      ),
    ),
  );
};

const follow = async (session: VBotSession): Promise<void> => {
  const node = panel(session);
  part('#calls').append(node);
  session.on('statusUpdate', status => {
    attribute(node, 'data-status', status);
    say('session', status);
  });
  session.on('progressUpdate', ({ message }) => {
    say('progress', String(message.statusCode));
    if (message.statusCode !== 183) return;
    session.sessionSetDescription(message.body).catch(() => session.terminate({ statusCode: 488 }));
  });
  const { accepted, rejectCause } = await session.accepted();
  say('accepted', accepted ? 'yes' : (rejectCause ?? 'no'));
  say('terminated', (await session.terminated()) ?? 'over');
  node.remove();
};

const tokenOf = async (name: string): Promise<string> => {
  const answer = await fetch('/dev/token', { method: 'POST', body: JSON.stringify({ user: name }) });
  const { token } = (await answer.json()) as { readonly token: string };
  return token;
};

const start = async (): Promise<void> => {
  const client = await VBotClient(await tokenOf(user), { baseUrl: location.origin });
  const number = el('input', { 'aria-label': 'Number' });
  const hotline = el('select', { 'aria-label': 'Hotline' }, el('option', { value: '' }, 'no hotline'));
  part('main').append(
    el('h1', {}, user),
    el(
      'div',
      { class: 'controls' },
      number,
      hotline,
      button('invite', async () => {
        void follow(await client.invite(number.value, hotline.value === '' ? null : hotline.value));
      }),
      button('disconnect', () => client.disconnect()),
    ),
    el('div', { id: 'calls' }),
    log,
  );
  client.on('statusUpdate', status => {
    say('account', status);
  });
  client.on('invite', session => {
    void follow(session);
  });
  await client.connect();
  const hotlines = await client.getHotlines();
  hotline.append(...hotlines.map(({ name, phoneNumber }) => el('option', { value: phoneNumber }, name)));
};

void start().catch((error: unknown) => {
  part('main').append(el('p', { role: 'alert' }, String(error)));
});
