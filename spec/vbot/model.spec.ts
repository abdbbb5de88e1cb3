import { expectTypeOf } from 'expect-type';
import type { CallStatus, Client, ConnectionStatus, EndCause } from '../../lib/index.js';
import { VBotClient, type VBotHotline, type VBotProgress, type VBotSession } from '../../lib/vbot/index.js';

it('the types of callstream/vbot are those of the document', () => {
  expectTypeOf(VBotClient).toBeCallableWith('token');
  expectTypeOf(VBotClient).returns.resolves.toEqualTypeOf<VBotClient>();
  expectTypeOf<VBotClient['streams']>().toEqualTypeOf<Client>();
  expectTypeOf<VBotClient['getHotlines']>().returns.resolves.toEqualTypeOf<readonly VBotHotline[]>();
  expectTypeOf<VBotClient['invite']>().returns.resolves.toEqualTypeOf<VBotSession>();
  expectTypeOf<VBotSession['terminated']>().returns.resolves.toEqualTypeOf<EndCause | undefined>();
  expectTypeOf<VBotSession['dtmf']>().returns.toEqualTypeOf<boolean>();
  expectTypeOf<VBotSession['phoneNumber']>().toEqualTypeOf<string>();

  const check = (client: VBotClient, session: VBotSession): void => {
    client.on('statusUpdate', status => {
      expectTypeOf(status).toEqualTypeOf<ConnectionStatus>();
    });
    client.once('invite', incoming => {
      expectTypeOf(incoming).toEqualTypeOf<VBotSession>();
    });
    session.on('statusUpdate', status => {
      expectTypeOf(status).toEqualTypeOf<CallStatus>();
    });
    session.once('progressUpdate', response => {
      expectTypeOf(response).toEqualTypeOf<VBotProgress>();
      expectTypeOf(response.message.statusCode).toEqualTypeOf<number>();
    });
    session.on('terminated', ({ id }) => {
      expectTypeOf(id).toEqualTypeOf<string>();
    });
  };
  expect(check).toBeInstanceOf(Function);
});
