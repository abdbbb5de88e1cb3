/** A chat as a React application has it: the default import, pages kept as state, events put into them. */
import VonageClient, {
  LoggingLevel,
  PresentingOrder,
  type Conversation,
  type ConversationEvent,
  type EventState,
  type Member,
  type MemberStatus,
  type PersistentConversationEvent,
  type User,
} from '@vonage/client-sdk';
import { StrictMode, useEffect, useRef, useState, type SyntheticEvent } from 'react';
import { createRoot } from 'react-dom/client';

declare global {
  interface Window {
    /** Where the service is, as the page says. */
    address: { apiUrl: string; websocketUrl: string };
  }
}

/** The types know of no message without them; the service does. */
const statesOf = (statuses: MemberStatus | null): EventState[] => Object.values(statuses ?? {});

const wordsOf = (event: PersistentConversationEvent, user: User): string | undefined => {
  switch (event.kind) {
    case 'message:text': {
      const who = event.from.kind === 'embeddedInfo' ? event.from.user.name : 'system';
      const states = statesOf(event.memberStatuses);
      const seen = states.some(({ current }) => current === 'seen') ? ' (seen)' : '';
      return `${who === user.name ? 'me' : who}: ${event.body.text}${seen}`;
    }
    case 'member:joined':
      return `${event.body.user.name} has come`;
    case 'member:left':
      return `${event.body.user.name} has gone`;
    default:
      return undefined;
  }
};

/** As applications do: the list is copied, and the copy is written into. */
const withEvent = (events: PersistentConversationEvent[], event: PersistentConversationEvent) => {
  const copy = events.slice();
  copy.push(event);
  return copy.sort((a, b) => a.id - b.id);
};

const Chat = ({ client, user }: { client: VonageClient; user: User }) => {
  const [conversations, setConversations] = useState<Conversation[]>([]);
  const [current, setCurrent] = useState<Conversation | undefined>();
  const [members, setMembers] = useState<Member[]>([]);
  const [events, setEvents] = useState<PersistentConversationEvent[]>([]);
  const [typing, setTyping] = useState('');
  const [text, setText] = useState('');
  const open = useRef<string | undefined>(undefined);

  const refresh = async (): Promise<void> => {
    const { conversations: list } = await client.getConversations({ pageSize: 20, order: PresentingOrder.DESC });
    setConversations(list);
  };

  useEffect(() => {
    const listener = client.on('conversationEvent', (event: ConversationEvent) => {
      if (event.kind === 'member:invited') void refresh();
      if (event.conversationId !== open.current) return;
      if (event.kind === 'ephemeral') {
        if (event.from.kind === 'embeddedInfo' && event.from.user.name !== user.name)
          setTyping(String(event.body.words));
        return;
      }
      setEvents(before => withEvent(before, event));
    });
    void refresh();
    return () => {
      client.off('conversationEvent', listener);
    };
  }, [client]);

  const choose = async (id: string): Promise<void> => {
    const conversation = await client.getConversation(id);
    if (conversation.memberState !== 'JOINED') await client.joinConversation(id);
    open.current = id;
    const page = await client.getConversationEvents(id, { pageSize: 50, order: PresentingOrder.DESC });
    const { members: all } = await client.getConversationMembers(id);
    const newest: PersistentConversationEvent[] = page.events;
    setEvents(newest.reverse());
    setMembers(all);
    setCurrent(conversation);
  };

  const begin = async (): Promise<void> => {
    const id = await client.createConversation({ displayName: 'Lunch', customData: { place: 'canteen' } });
    await client.joinConversation(id);
    await client.inviteToConversation(id, 'bob');
    await choose(id);
    await refresh();
  };

  const say = (event: SyntheticEvent): void => {
    event.preventDefault();
    if (current === undefined) return;
    void client.sendMessageTextEvent(current.id, text).then(() => {
      setText('');
    });
  };

  return (
    <main>
      <button onClick={() => void begin()}>New conversation</button>
      <nav>
        {conversations.map(({ id, displayName }) => (
          <button key={id} onClick={() => void choose(id)}>
            {displayName ?? 'No name'}
          </button>
        ))}
      </nav>
      {current && (
        <section>
          <h1>{`${current.displayName}, ${current.properties.customData?.place}`}</h1>
          <p>{`${members.length} members`}</p>
          <ol>
            {events.map(event => {
              const words = wordsOf(event, user);
              return words === undefined ? null : <li key={event.id}>{words}</li>;
            })}
          </ol>
          <p id="typing">{typing}</p>
          <form onSubmit={say}>
            <input
              aria-label="Message"
              value={text}
              onChange={({ target }) => {
                setText(target.value);
                void client.sendEphemeralEvent(current.id, { words: `${user.name} writes` });
              }}
            />
            <button>Send</button>
          </form>
          <button
            onClick={() => {
              const last = events.filter(({ kind }) => kind === 'message:text').pop();
              if (last) void client.sendMessageSeenEvent(last.id, current.id);
            }}
          >
            Seen
          </button>
        </section>
      )}
    </main>
  );
};

const start = async (): Promise<void> => {
  const client = new VonageClient({ ...window.address, loggingLevel: LoggingLevel.Error });
  const body = JSON.stringify({ user: new URLSearchParams(location.search).get('user') });
  const { token } = (await (await fetch('/dev/token', { method: 'POST', body })).json()) as { token: string };
  await client.createSession(token);
  const user = await client.getUser('me');
  createRoot(document.getElementById('root') as HTMLElement).render(
    <StrictMode>
      <Chat client={client} user={user} />
    </StrictMode>,
  );
};

void start();
