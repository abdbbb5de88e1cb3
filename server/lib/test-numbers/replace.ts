/** Another phone takes over a test call: an INVITE with Replaces to the caller. RFC 3891. */
import { ackOf } from '../sip/hop-by-hop.js';
import { token } from '../sip/response.js';
import { openDialog, partsOfUac, requestIn, type Dialog } from '../user-agent/dialog.js';
import { allow, sdpHeaders } from '../user-agent/headers.js';
import type { UserAgent } from '../user-agent/user-agent.js';
import type { TestMedia } from './test-media.js';

/** The dialog to replace, and the phone that does. */
export interface ReplacementSettings {
  /** Value of the Replaces header. */
  readonly replaces: string;
  /** The caller's Contact. */
  readonly target: string;
  /** Address of the phone that takes over. */
  readonly from: string;
  readonly contact: string;
  readonly agent: UserAgent;
  readonly openMedia: (onLost: () => void) => TestMedia;
}

/** Calls the caller; the call lasts until the caller hangs up. A refusal changes nothing. */
export async function takeOver({ agent, contact, ...settings }: ReplacementSettings): Promise<void> {
  let dialog: Dialog | undefined;
  const media = settings.openMedia(() => {
    end();
  });

  function end(): void {
    close();
    dialog?.bye({});
  }

  function close(): void {
    agent.calls.delete(end);
    media.close();
  }

  agent.calls.add(end);
  const offer = await media.describe('');
  if (offer === undefined) {
    close();
    return;
  }
  const { replaces, target, from } = settings;
  const headers = [
    { name: 'Contact', value: contact },
    { name: 'Replaces', value: replaces },
    allow,
    ...sdpHeaders(offer),
  ];
  const parts = { callId: token(), local: `<${from}>;tag=${token()}`, remote: `<${target}>`, routes: [] };
  const invite = agent.request(
    requestIn(parts, target, { method: 'INVITE', number: 1, headers, body: offer }),
    response => {
      if (response.status < 200) return;
      if (response.status >= 300) {
        agent.send(ackOf(invite, response));
        close();
        return;
      }
      dialog ??= openDialog(partsOfUac(invite, response, contact), agent, {
        acknowledged: () => undefined,
        ended: close,
        digit: () => undefined,
        offered: (sdp, answer) => {
          void media.describe(sdp).then(own => {
            answer(own, accept);
          });
        },
      });
      dialog.acknowledge();
      accept(response.body);
    },
  );

  function accept(sdp: string): void {
    void media.accept(sdp);
  }
}
