/** Another phone takes a test call over: an INVITE with Replaces to the caller. RFC 3891. */
import { parseAddress } from './address.js';
import { ackOf } from './hop.js';
import { header, headerList, type SipResponse } from './message.js';
import { token } from './reply.js';
import type { TestMedia } from './testmedia.js';
import { tagIn, type Agent } from './voice/sipagent.js';
import { openDialog, type Dialog } from './voice/sipdialog.js';
import { requestIn } from './voice/sipparts.js';
import { allow, sdpHeaders } from './voice/sipwords.js';

/** What is taken over, and by whom. */
export interface Replacing {
  /** The value of Replaces. */
  readonly replaces: string;
  /** The caller's Contact. */
  readonly target: string;
  /** The address of the phone that takes over. */
  readonly from: string;
  readonly contact: string;
  readonly agent: Agent;
  /** Opens what is heard there. */
  readonly media: (lost: () => void) => TestMedia;
}

/** Calls the caller; the new phone is theirs until they hang up. Refused, nothing has happened. */
export async function takeOver({ agent, ...wanted }: Replacing): Promise<void> {
  const parts = { callId: token(), local: `<${wanted.from}>;tag=${token()}`, routes: [] };
  let dialog: Dialog | undefined;
  const media = wanted.media(() => {
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
  const headers = [
    { name: 'Contact', value: wanted.contact },
    { name: 'Replaces', value: wanted.replaces },
    allow,
    ...sdpHeaders(offer),
  ];
  const asked = agent.ask(
    requestIn({ ...parts, remote: `<${wanted.target}>` }, wanted.target, {
      method: 'INVITE',
      number: 1,
      headers,
      body: offer,
    }),
    response => {
      if (response.status < 200) return;
      if (response.status >= 300) {
        agent.say(ackOf(asked, response));
        close();
      } else begin(response);
    },
  );

  function begin(response: SipResponse): void {
    dialog ??= openDialog(
      {
        ...parts,
        ourTag: tagIn(asked, 'From'),
        theirTag: tagIn(response, 'To'),
        remote: header(response, 'To') ?? '',
        target: parseAddress(headerList(response, 'Contact')[0] ?? '')?.uri ?? wanted.target,
        routes: [...headerList(response, 'Record-Route')].reverse(),
        contact: wanted.contact,
        sent: 1,
        heard: 0,
      },
      agent,
      {
        acknowledged: () => undefined,
        ended: close,
        digit: () => undefined,
        offered: (sdp, answer) => {
          void media.describe(sdp).then(own => {
            answer(own, accept);
          });
        },
      },
    );
    dialog.acknowledge();
    accept(response.body);
  }

  function accept(sdp: string): void {
    void media.accept(sdp);
  }
}
