import * as adapter from '../lib/adapter.js';
import * as browser from '../lib/browser/index.js';
import * as core from '../lib/index.js';
import * as server from '../server/lib/index.js';
import * as preflight from '../lib/preflight/index.js';
import * as service from '../lib/service/index.js';
import * as sip from '../lib/sip/index.js';
import * as testing from '../lib/testing/index.js';
import * as vbot from '../lib/vbot/index.js';
import * as vonage from '../lib/vonage/index.js';

/** What a consumer can import as a value; types come and go with the values that they speak of. */
describe('exports of', () => {
  it.each([
    ['callstream', core, ['contentOf', 'createClient', 'fault', 'isLeft', 'isRight', 'left', 'right', 'snapshot']],
    ['callstream/adapter', adapter, ['callReducer', 'createMessaging']],
    ['callstream/browser', browser, ['browser', 'indexedDbOutbox', 'localStorageOutbox', 'outboxOn', 'tabLock']],
    ['callstream-server', server, ['openStorage', 'startServer']],
    ['callstream/preflight', preflight, ['preflight$']],
    ['callstream/service', service, ['messaging', 'service']],
    ['callstream/sip', sip, ['sip']],
    [
      'callstream/testing',
      testing,
      ['agreeable', 'connectFor', 'done', 'failed', 'fakeChat', 'fakeDevices', 'fakeLine', 'names'],
    ],
    ['callstream/vbot', vbot, ['VBotClient', 'VBotError']],
    [
      'callstream/vonage',
      vonage,
      [
        'CSErrorCodes',
        'CallDisconnectReason',
        'CancelReason',
        'ChannelType',
        'ClientConfig',
        'ClientInitConfig',
        'ConfigRegion',
        'ConversationState',
        'HangupReason',
        'LegStatus',
        'LoggingLevel',
        'MemberChannelType',
        'MemberState',
        'Option',
        'OrderBy',
        'PresentingOrder',
        'SessionErrorCodes',
        'SessionErrorReason',
        'Topics',
        'VoiceChannelType',
        'VonageClient',
        'VonageError',
        'VonageErrorType',
        'convertInitConfig',
        'createVonageLogger',
        'default',
        'mapOption',
        'none',
        'setDefaultLoggingLevel',
        'setVonageClientLoggingLevel',
        'some',
      ],
    ],
  ])('%s', (_, entry, names) => {
    expect(Object.keys(entry).sort()).toEqual(names);
  });
});
