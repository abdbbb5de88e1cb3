import { createClient } from '../../lib/client/client.js';
import { right } from '../../lib/core/either.js';
import { fakeChat } from '../../lib/testing/index.js';
import { marbles, owns } from '../support/marbles.js';
import { changesOf } from '../support/legend.js';

const info = (id: string) => ({ id, name: id, timestamp: {}, properties: { customData: {} } });

describe('conversation: conversations$', () => {
  it('has what was joined and not what was left, also when the events that say so are lost', () => {
    marbles(({ cold, expectObservable }) => {
      const chat = fakeChat({
        answer: ({ verb, args }) => {
          if (verb === 'getConversations') return right({ items: [info('CON-1')] });
          return right(verb === 'getConversation' ? info(args.conversation) : 'MEM-1');
        },
      });
      const client = createClient({ conversations: chat });
      owns(client, '                         -^-----------------!');
      const list$ = client.conversations$.pipe(changesOf(list => list.map(({ id }) => id).join(' ')));
      cold('                                 ----------j---l---').subscribe(what => {
        if (what === 'j') client.joinConversation('CON-2');
        else client.leaveConversation('CON-1');
      });
      expectObservable(list$, '              ------^-----------!').toBe('------a---b---c', {
        a: 'CON-1',
        b: 'CON-1 CON-2',
        c: 'CON-2',
      });
    });
  });
});
